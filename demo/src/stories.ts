import { caseWork } from './casework.ts'
import { filing } from './filing.ts'
import type { Client } from './house.ts'
import { holdsAndAnswers } from './holds.ts'
import { atTheirHours, first, longAfter, openCase, type Story, type Told } from './storytelling.ts'

/** What happens beside shifts and nights: the work on footage. */
export function storiesOf(today: number): Story[] {
  return atTheirHours(today, [...TOLD, ...caseWork, ...holdsAndAnswers, ...filing])
}

/** A link for the defence, that a second person has agreed to; its address. */
async function shownTo({
  clerk,
  second,
  id,
  today,
}: {
  clerk: Client
  second: Client
  id: string
  today: number
}): Promise<string> {
  const made = await clerk.cases.makeLink({
    id,
    recipient: 'Advocate Pia Holm',
    recipientRole: 'defence',
    purpose: 'investigation',
    until: longAfter(today),
    openings: 100,
  })
  if (made.approval !== null) await second.approvals.approve({ id: made.approval })
  return made.address
}

const ON_THE_SEARCH = [
  { kind: 'note', words: 'The grounds are told before the search begins; compare with the slip.' },
  { kind: 'marker', from: 2000, until: null, sign: 'amber-diamond', words: 'Grounds told' },
  { kind: 'marker', from: 5200, until: 6400, sign: 'red-triangle', words: 'Blade found' },
  {
    kind: 'line',
    from: 1500,
    until: 3000,
    speaker: 'PC Ashby',
    words: 'I am going to search you, and I will tell you why.',
  },
] as const

const TOLD: readonly Told[] = [
  [
    'uk',
    24,
    async ({ client, from }) => {
      const clerk = await client('Kim Foster')
      const [kept, evidence] = from(31, 29)
      if (kept === undefined || evidence === undefined) throw new Error('there is nothing to hold')
      await clerk.recordings.hold({
        id: kept.recording,
        kind: 'complaint',
        reason: 'Complaint 26/118: words used at a stop',
      })
      await clerk.recordings.categorise({
        id: evidence.recording,
        rule: 'evidence',
        basis: 'Charged with theft',
        case: 'CAD 2207/26',
      })
    },
  ],
  [
    'uk',
    19,
    async ({ client, from, facts, today }) => {
      const { recording } = first(from(20.1, 19.5, 'Camden'))
      const clerk = await client('Kim Foster')
      await clerk.recordings.categorise({
        id: recording,
        rule: 'evidence',
        basis: 'Possession of a blade',
        case: 'CAD 4471/26',
      })
      const id = await openCase(clerk, {
        number: 'CAD 4471/26',
        title: 'Blade found at Camden High Street',
        exhibits: [[recording, 'The search, from first words to arrest']],
        lead: 'Imran Shah',
        tasks: ['Ask the shop for its own footage', 'Statement of PC Ashby'],
        today,
      })
      const investigator = await client('Imran Shah')
      await investigator.recordings.view({ id: recording, purpose: 'investigation', case: 'CAD 4471/26' })
      for (const content of ON_THE_SEARCH) await investigator.recordings.writeWork({ id: recording, content })
      facts.link = await shownTo({ clerk, second: await client('Diane Walsh'), id, today })
    },
  ],
  [
    'uk',
    11,
    async ({ client, from }) => {
      for (const { recording, camera } of from(14, 11.5).slice(0, 4)) {
        const wearer = await client(camera.wearer ?? '')
        await wearer.recordings.view({ id: recording, purpose: 'statement' })
      }
      const panel = await client('Laura Finch')
      const { recording } = first(from(12.1, 11.4, 'Lambeth'))
      await panel.recordings.hold({ id: recording, kind: 'complaint', reason: 'Complaint 26/131: force at the door' })
      await panel.recordings.view({ id: recording, purpose: 'complaint', case: '26/131' })
    },
  ],
  [
    'uk',
    4,
    async ({ client, from }) => {
      const [one, other] = from(9, 4.5)
      if (one === undefined || other === undefined) throw new Error('there is nothing to ask for')
      const clerk = await client('Kim Foster')
      await clerk.recordings.hold({ id: one.recording, kind: 'access', reason: 'Access request 26/402' })
      await (await client('Oliver Stone')).recordings.view({ id: one.recording, purpose: 'access_request' })
      await clerk.exports.ask({ id: one.recording, purpose: 'Access request 26/402', wait: false })
      await clerk.recordings.deleteEarly({ id: other.recording, reason: 'Recorded in the changing room by mistake' })
    },
  ],
  [
    'dk',
    14,
    async ({ client, from, today }) => {
      const { recording } = first(from(15.1, 14.5, 'Københavns Vestegns Politi'))
      const clerk = await client('Dorte Winther')
      const number = '0700-83990-00412-26'
      await clerk.recordings.categorise({
        id: recording,
        rule: 'evidence',
        basis: 'Vold mod tjenestemand',
        case: number,
      })
      await openCase(clerk, {
        number,
        title: 'Vold ved fodboldkamp i Brøndby',
        exhibits: [[recording, 'Indgang nord, før kampen']],
        lead: 'Niels Aagaard',
        tasks: ['Afhør kontrollør', 'Indhent stadions egne optagelser'],
        today,
      })
      const investigator = await client('Niels Aagaard')
      await investigator.recordings.view({ id: recording, purpose: 'investigation', case: number })
      await (await client('Nanna Skov')).recordings.view({ id: recording, purpose: 'supervision' })
    },
  ],
  [
    'dk',
    8,
    async ({ client, from }) => {
      const clerk = await client('Dorte Winther')
      const [kept, released, copy] = from(13, 9)
      if (kept === undefined || released === undefined || copy === undefined)
        throw new Error('there is nothing to hold')
      await clerk.recordings.hold({
        id: kept.recording,
        kind: 'preservation',
        reason: 'Borger har bedt om bevaring, j.nr. 26-881',
      })
      await clerk.recordings.hold({
        id: released.recording,
        kind: 'case',
        reason: 'Sagen 0400-26-17 er under efterforskning',
      })
      await clerk.recordings.release({ id: released.recording, reason: 'Sagen er opgivet' })
      await clerk.exports.ask({
        id: copy.recording,
        purpose: 'Anklagemyndigheden, 0400-26-17',
        to: 'Anklager Hanne Riis',
        wait: false,
      })
      const wearer = await client(kept.camera.wearer ?? '')
      await wearer.recordings.view({ id: kept.recording, purpose: 'own_report', ownReport: true })
    },
  ],
  [
    'de',
    9,
    async ({ client, from }) => {
      const clerk = await client('Markus Thiel')
      const { recording } = first(from(13, 9.5))
      await clerk.recordings.hold({ id: recording, kind: 'case', reason: 'Strafanzeige 26-1140' })
    },
  ],
  [
    'se',
    2,
    async ({ client, from }) => {
      const clip = first(from(4.8, 2))
      const clerk = await client('Ove Lindqvist')
      await clerk.recordings.categorise({ id: clip.recording, rule: 'incident_clip', basis: 'Skadegörelse i aulan' })
      await (
        await client('Karin Sjöberg')
      ).recordings.hold({ id: clip.recording, kind: 'case', reason: 'Polisanmälan 26-5512' })
    },
  ],
]
