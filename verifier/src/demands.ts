import { SEAL_LEVELS, type SealLevel } from '@vidne/evidence/manifest'
import { Unreadable, type Findings, type HistoryStanding } from './verdict.ts'

/** What a court asks for beyond the trust file. A closed set: a demand that is not understood is refused, never passed over. */
export type Demands = {
  history?: 'asserted' | 'checked'
  countersigned?: true | { atLeast: number }
  level?: SealLevel
  publicCheckpoint?: true
}

/** @throws Unreadable naming the demand that is not understood. */
export function parseDemands(text: string): Demands {
  const value = parseJson(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notUnderstood()
  const demands: Demands = {}
  for (const [name, asked] of Object.entries(value)) {
    const read = readers.get(name)
    if (read?.(demands, asked) !== true) throw notUnderstood(name)
  }
  return demands
}

/** Each takes one demand up, or says that it does not understand it. */
const readers: ReadonlyMap<string, (demands: Demands, asked: unknown) => boolean> = new Map([
  ['history', readHistory],
  ['countersigned', readCountersigned],
  ['level', readLevel],
  ['publicCheckpoint', readPublicCheckpoint],
])

function readHistory(demands: Demands, asked: unknown): boolean {
  if (asked !== 'asserted' && asked !== 'checked') return false
  demands.history = asked
  return true
}

function readCountersigned(demands: Demands, asked: unknown): boolean {
  if (asked === true) demands.countersigned = true
  else if (isObject(asked) && 'atLeast' in asked && Object.keys(asked).length === 1) {
    const { atLeast } = asked
    if (typeof atLeast !== 'number' || !Number.isInteger(atLeast) || atLeast < 1) return false
    demands.countersigned = { atLeast }
  } else return false
  return true
}

function readLevel(demands: Demands, asked: unknown): boolean {
  const level = SEAL_LEVELS.find(known => known === asked)
  if (level === undefined) return false
  demands.level = level
  return true
}

function readPublicCheckpoint(demands: Demands, asked: unknown): boolean {
  if (asked !== true) return false
  demands.publicCheckpoint = true
  return true
}

function isObject(asked: unknown): asked is object {
  return typeof asked === 'object' && asked !== null
}

function notUnderstood(name?: string): Unreadable {
  return new Unreadable('demands-unreadable', name === undefined ? 'demands' : `demands, ${name}`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (refusal) {
    throw new Unreadable('demands-unreadable', 'demands', { cause: refusal })
  }
}

export type Judged = {
  history: HistoryStanding
  countersigned: readonly string[]
  level: SealLevel | null
  isPublic: boolean
}

const standings: readonly HistoryStanding[] = ['unproven', 'asserted', 'checked']

export function checkDemands(demands: Demands, judged: Judged, found: Findings): void {
  const { history, countersigned, level, publicCheckpoint } = demands
  if (history !== undefined && standings.indexOf(judged.history) < standings.indexOf(history))
    found.add('demand-not-met', 'history')
  const least = countersigned === undefined ? 0 : countersigned === true ? 1 : countersigned.atLeast
  if (judged.countersigned.length < least) found.add('demand-not-met', 'countersigned')
  if (level !== undefined && !reaches(judged.level, level)) found.add('demand-not-met', 'level')
  if (publicCheckpoint === true && !judged.isPublic) found.add('demand-not-met', 'publicCheckpoint')
}

/** Levels are listed from the strongest: sealed on the camera. */
function reaches(level: SealLevel | null, wanted: SealLevel): boolean {
  return level !== null && SEAL_LEVELS.indexOf(level) <= SEAL_LEVELS.indexOf(wanted)
}
