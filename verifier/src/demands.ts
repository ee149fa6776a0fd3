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
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Unreadable('demands-unreadable', 'demands')
  const demands: Demands = {}
  for (const [name, asked] of Object.entries(value)) {
    if (name === 'history' && (asked === 'asserted' || asked === 'checked')) demands.history = asked
    else if (name === 'level' && isLevel(asked)) demands.level = asked
    else if (name === 'publicCheckpoint' && asked === true) demands.publicCheckpoint = true
    else if (name === 'countersigned') demands.countersigned = countersigners(asked)
    else throw new Unreadable('demands-unreadable', `demands, ${name}`)
  }
  return demands
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (refusal) {
    throw new Unreadable('demands-unreadable', 'demands', refusal)
  }
}

function isLevel(asked: unknown): asked is SealLevel {
  return SEAL_LEVELS.some(level => level === asked)
}

function countersigners(asked: unknown): true | { atLeast: number } {
  if (asked === true) return true
  if (typeof asked === 'object' && asked !== null && 'atLeast' in asked && Object.keys(asked).length === 1) {
    const { atLeast } = asked
    if (typeof atLeast === 'number' && Number.isInteger(atLeast) && atLeast > 0) return { atLeast }
  }
  throw new Unreadable('demands-unreadable', 'demands, countersigned')
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
