import { decide } from '@vidne/policies/decide'
import { freeze } from '@vidne/policies/freeze'
import type { PolicyPack } from '@vidne/policies/pack'
import { packs } from '@vidne/policies/packs'
import type { Situation } from '@vidne/policies/situation'
import { type Extent, type Result, atLeast, median, said } from './measure.ts'

const rounds = 5

const year = Date.UTC(2026, 0)
const yearMs = 365 * 86_400_000

/** Verdicts a second over situations of a year, in every pack: those that come often, and those with all that can be said. */
export async function run({ short }: Extent): Promise<Result[]> {
  const count = short ? 20_000 : 400_000
  const cases = { often: casesOf(often), full: casesOf(full) }
  const rates = { often: [] as number[], full: [] as number[] }
  // One round more than is counted, in which the code is compiled.
  for (let round = -1; round < (short ? 1 : rounds); round++)
    for (const kind of ['often', 'full'] as const) {
      const rate = rateOf(cases[kind], count)
      if (round >= 0) rates[kind].push(rate)
    }
  return [
    atLeast('decide, situations of five packs over a year', median(rates.often), 200_000, '/s'),
    said('decide, with task, zones, stops, stage and override', median(rates.full), '/s'),
  ]
}

type Case = { readonly situation: Situation; readonly policy: PolicyPack }
type Make = (policy: PolicyPack, number: number) => Situation

/** Enough different cases that no branch is foreseen, few enough to stay in the cache. */
function casesOf(make: Make): Case[] {
  return [...packs.values()].flatMap(pack => {
    const policy = freeze(pack)
    return Array.from({ length: 400 }, (_, number) => ({ situation: make(policy, number), policy }))
  })
}

function often(policy: PolicyPack, number: number): Situation {
  const at = year + Math.floor((number / 400) * yearMs)
  const codes = [...policy.mustRecord, ...policy.mayRecord]
  const code = codes[number % codes.length]?.v ?? 'unknown'
  return { at, running: number % 2 === 0, triggers: [{ code, source: 'dispatcher', at }], zones: [], stops: [] }
}

function full(policy: PolicyPack, number: number): Situation {
  const task = policy.tasks[number % policy.tasks.length]?.v
  return {
    ...often(policy, number),
    zones: [
      { code: policy.mustNot[number % policy.mustNot.length]?.v ?? '', urgentDanger: true, decidedBy: 'commander' },
    ],
    stops: policy.mustStop.map(({ v }) => v),
    ...(task === undefined ? {} : { task }),
    stage: { reached: 1, wanted: 3 },
    override: { by: 'wearer', reason: 'a reason that is long enough', imminentDanger: true },
    noticed: 'not-possible',
  }
}

function rateOf(cases: readonly Case[], count: number): number {
  const began = performance.now()
  let recorded = 0
  for (let done = 0; done < count;) {
    for (const { situation, policy } of cases) {
      if (decide(situation, policy).verdict === 'must') recorded += 1
      done += 1
    }
  }
  const seconds = (performance.now() - began) / 1000
  if (recorded > count * 2) throw new Error('more verdicts than situations')
  return count / seconds
}
