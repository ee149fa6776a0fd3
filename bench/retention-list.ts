import { KeepTrial } from '@vidne/server/keep/testing/trial-keep'
import type { Actor, Role } from '@vidne/server/people/people'
import { openDatabase, type Trx } from '@vidne/server/platform/database/door'
import { silentLogger } from '@vidne/server/platform/http/logging'
import { engines, freshPlace } from '@vidne/server/platform/testing/databases'
import { listRecordings, type Mark } from '@vidne/server/review/listing'
import { EVERYTHING } from '@vidne/server/review/listing-filter'
import { howMany, idsOf } from '@vidne/server/review/listing-counts'
import { manyRecordings } from '@vidne/server/review/testing/many-recordings'
import type { Seer } from '@vidne/server/rules/rules'
import { accessOf } from './access-of.ts'
import { type Extent, type Result, atMost, median, said } from './measure.ts'

const RECORDINGS = 50_000
/** What the command and the desk ask for at once. */
const PAGE = 500
const ROUNDS = 15
/** One of each reach: all of the agency, one's own, what was granted to a person or a role, and nothing. */
const ROLES: readonly Role[] = [
  'evidence-clerk',
  'supervisor',
  'professional-standards',
  'data-protection-officer',
  'auditor',
  'agency-administrator',
  'wearer',
  'investigator',
  'prosecutor',
  'system-administrator',
]

type List = (actor: Actor, after: Mark | null) => Promise<{ mark: Mark }[]>

/**
 * The list of an agency with 50 000 recordings under the access predicate, for each role on both databases: the first page, and one
 * in the middle of what the role sees; and the predicate over all of them. A page is asked as the server asks for it: policy, predicate, and the rows with their
 * deadlines and seals, in a transaction of its own.
 */
export async function listBench({ short }: Extent): Promise<Result[]> {
  const results: Result[] = []
  for (const engine of engines) {
    const place = await freshPlace(engine, 'empty')
    const database = await openDatabase({ ...place, log: silentLogger })
    const trial = await KeepTrial.open({ database, folder: place.folder })
    try {
      await trial.newAgency('uk-met')
      await manyRecordings(trial, short ? 2000 : RECORDINGS)
      results.push(...(await measured(trial, engine, short ? 2 : ROUNDS)))
    } finally {
      await trial.close()
      await database.close()
      await place.remove()
    }
  }
  return results
}

async function measured(trial: KeepTrial, engine: string, rounds: number): Promise<Result[]> {
  const list = lister(trial)
  const results: Result[] = []
  let slowest = 0
  for (const role of ROLES) {
    const actor = await trial.person(`The ${role}`, role)
    const middle = await middleOf(list, actor)
    const times: number[] = []
    for (let round = 0; round < rounds; round++)
      for (const after of [null, middle]) {
        const began = performance.now()
        await list(actor, after)
        times.push(performance.now() - began)
      }
    slowest = Math.max(slowest, ...times)
    results.push(...(await allOf(trial, actor, { role, engine, rounds })))
    results.push(atMost(`a page of ${PAGE} from a list of ${RECORDINGS}, ${role}, ${engine}`, median(times), 100, 'ms'))
  }
  return [...results, said(`the slowest page of all, ${engine}`, slowest, 'ms')]
}

type Asking = { readonly role: string; readonly engine: string; readonly rounds: number }

/** The predicate over every recording of the agency: how many the role sees, and the ids of all of them in one answer. */
async function allOf(trial: KeepTrial, actor: Actor, { role, engine, rounds }: Asking): Promise<Result[]> {
  const access = accessOf(trial)
  const every = { filter: EVERYTHING, end: { countersigned: 0, published: 0 } }
  const timed = async (work: (trx: Trx, seer: Seer) => Promise<unknown>): Promise<number> => {
    const times: number[] = []
    for (let round = -1; round < rounds; round++) {
      const began = performance.now()
      await trial.inAgency(async trx => work(trx, await access.seer(trx, actor)))
      if (round >= 0) times.push(performance.now() - began)
    }
    return median(times)
  }
  const counted = await timed((trx, seer) => howMany(trx, seer, every))
  const named = await timed((trx, seer) => idsOf(trx, seer, { ...every, most: RECORDINGS }))
  return [
    atMost(`how many of ${RECORDINGS} the role sees, ${role}, ${engine}`, counted, 100, 'ms'),
    atMost(`the ids of all that the role sees of ${RECORDINGS}, ${role}, ${engine}`, named, 100, 'ms'),
  ]
}

/** Where somebody is when he has gone through half of what he sees; null where he sees nothing. */
async function middleOf(list: List, actor: Actor): Promise<Mark | null> {
  const marks: Mark[] = []
  for (let after: Mark | null = null; ;) {
    const page: { mark: Mark }[] = await list(actor, after)
    const last = page.at(-1)
    if (last === undefined) break
    after = last.mark
    marks.push(after)
  }
  return marks[Math.floor((marks.length - 1) / 2)] ?? null
}

function lister(trial: KeepTrial): List {
  const access = accessOf(trial)
  return (actor, after) =>
    trial.inAgency(async trx => listRecordings(trx, await access.seer(trx, actor), { most: PAGE, after }))
}
