import type { Agency } from './agencies.ts'
import type { Doing, Told } from './storytelling.ts'

type Filed = { readonly rule: string; readonly basis: string; readonly case?: string; readonly offence?: string }

/** Under which rules of its pack each agency files, by turns. */
const FILED: Readonly<Record<Agency['key'], { clerk: string; under: readonly Filed[] }>> = {
  dk: {
    clerk: 'Dorte Winther',
    under: [
      { rule: 'evidence', basis: 'Sigtelse rejst', case: '0700-10121-00533-26' },
      { rule: 'use_of_force', basis: 'Magtanvendelse er indberettet' },
      { rule: 'evidence', basis: 'Færdselssag', case: '2300-90311-00071-26' },
      { rule: 'evidence', basis: 'Vidne har set gerningen', case: '0400-10188-00209-26' },
      { rule: 'complaint', basis: 'Henvist til politiklagemyndigheden' },
    ],
  },
  uk: {
    clerk: 'Kim Foster',
    under: [
      { rule: 'evidence', basis: 'Charged with criminal damage', case: 'CAD 4802/26' },
      { rule: 'mopi_group3', basis: 'Antisocial behaviour, named suspect' },
      { rule: 'evidence', basis: 'Summons for careless driving', case: 'CAD 4955/26' },
      { rule: 'mopi_group2', basis: 'Violent offence' },
    ],
  },
  de: {
    clerk: 'Markus Thiel',
    under: [
      { rule: 'evidence', basis: 'Strafanzeige', case: '26-1163', offence: '§ 113 StGB' },
      { rule: 'evidence', basis: 'Strafanzeige', case: '26-1178', offence: '§ 185 StGB' },
    ],
  },
  se: {
    clerk: 'Ove Lindqvist',
    under: [
      { rule: 'incident_clip', basis: 'Inbrott i skolans kafé' },
      { rule: 'normal', basis: 'Genomgången, inget att anmärka' },
      { rule: 'police_request_hold', basis: 'Polisens begäran 26-5490', case: '26-5490' },
    ],
  },
}

/** Before the shortest stay of the agency is over, what came since the last time is gone through. */
const ROUNDS: Readonly<Record<Agency['key'], readonly number[]>> = {
  dk: [27, 20, 13, 6.5, 1],
  uk: [26, 19.5, 12.5, 5.8, 1],
  de: [26, 19, 12, 5.5, 1],
  se: [24, 16, 9, 5, 1],
}

/** The longest that a recording may have waited for a round, in days. */
const LONGEST: Readonly<Record<Agency['key'], number>> = { dk: 7, uk: 7, de: 7, se: 2.5 }

/** The clerks' rounds: a fair part of what came in gets a category, the rest is left to its rule. */
export const filing: readonly Told[] = (['dk', 'uk', 'de', 'se'] as const).flatMap(key =>
  ROUNDS[key].map((days, round): Told => [key, days, doing => file(doing, { key, days, round })]),
)

async function file(
  { client, from }: Doing,
  { key, days, round }: { key: Agency['key']; days: number; round: number },
): Promise<void> {
  const { clerk: name, under } = FILED[key]
  const clerk = await client(name)
  // Never the first two: those are what other stories hold, ask for or let go.
  const these = from(days + LONGEST[key], days + 0.4).filter((_, at) => at % 3 === 2 || (key === 'se' && at === 1))
  for (const [at, { recording }] of these.entries()) {
    const filed = under[(at + round) % under.length]
    if (filed !== undefined) await clerk.recordings.categorise({ id: recording, ...filed })
  }
}
