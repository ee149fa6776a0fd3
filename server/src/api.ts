import { implement, ORPCError } from '@orpc/server'
import { contract } from '@vidne/contract/contract'
import { refusals } from '@vidne/contract/refusals'
import { type Act, type Actor, may } from './people/people.ts'
import type { About } from './platform/http/about.ts'
import { refusedIn } from './platform/http/refused.ts'

/** What every answer under `/api` knows: who asks, and how. `sees`: whether the recording is on the asker's list; where not, that is noted. */
export type Asking = {
  actor: Actor
  about: About
  sees: (act: Act, recording: string) => Promise<boolean>
  /** Which recording a hold or a review is about; null: none, or there is none of that id. */
  recordingOf: (thing: Thing) => Promise<string | null>
}

/** Something that is about a recording, and has an id of its own. */
export type Thing = { readonly is: 'hold' | 'review'; readonly id: string }

// Input is validated before the middleware looks at it.
const bound = implement(contract, { initialInputValidationIndex: Number.NEGATIVE_INFINITY }).$context<Asking>()

/** Which act a request about one recording is. One that is not named here is a question about the list. */
const ACTS: Readonly<Record<string, Act>> = {
  'recordings.hold': 'hold',
  'recordings.release': 'release',
  'recordings.categorise': 'categorise',
  'recordings.downgrade': 'downgrade',
  'recordings.decide': 'decide-deletion',
  'recordings.noteCase': 'note-case',
  'recordings.deleteEarly': 'delete-early',
  'recordings.statement': 'statement',
  'recordings.view': 'view',
  'recordings.grant': 'grant',
  'recordings.grants': 'grant',
  'recordings.revokeGrant': 'grant',
  'exports.ask': 'export',
  'recordings.writeWork': 'annotate',
  'recordings.removeWork': 'annotate',
}

/** What is done to a hold or a review names its recording too; what is not on one's list answers like one that does not stand. */
const THINGS: Readonly<Record<string, { readonly is: Thing['is']; readonly act: Act }>> = {
  'holds.review': { is: 'hold', act: 'hold' },
  'holds.duty': { is: 'hold', act: 'hold' },
  'reviews.close': {
    is: 'review',
    act: 'close-review',
  },
}

/**
 * Asking for one recording is asking the list for that id: what is not on it answers like what does not exist, on every
 * request that names one, also on those that are added later. Whoever may not do the act at all is told so by its own
 * handler, the same for every id.
 */
const onlyWhatIsSeen = bound.middleware(async ({ context, path, next }, input: unknown) => {
  const thing = THINGS[path.join('.')]
  const act = thing?.act ?? ACTS[path.join('.')] ?? 'list'
  if (!may(context.actor, act)) return next()
  const id = idIn(input)
  const recording =
    thing !== undefined && id !== null ? await context.recordingOf({ is: thing.is, id }) : recordingNamed(path, input)
  if (recording === null || (await context.sees(act, recording))) return next()
  throw nothingThere(context.about, thing?.is)
})

/** The contract with what every answer knows: who asks, and what he may see. Each stage's `routes.ts` binds its own part to its door. */
export const api = bound.use(onlyWhatIsSeen)

function recordingNamed(path: readonly string[], input: unknown): string | null {
  if (path[0] !== 'recordings' && path.join('.') !== 'exports.ask') return null
  return idIn(input)
}

function idIn(input: unknown): string | null {
  const named = typeof input === 'object' && input !== null && 'id' in input ? input.id : null
  return typeof named === 'string' ? named : null
}

function nothingThere(about: About, thing: Thing['is'] | undefined) {
  const { status, message } = refusals.NOT_FOUND
  return new ORPCError('NOT_FOUND', { defined: true, status, message, ...notThere(about, thing) })
}

function notThere(about: About, thing: Thing['is'] | undefined) {
  if (thing === 'hold') return refusedIn(about, 'hold', 'no-such-hold')
  if (thing === 'review') return refusedIn(about, 'record', 'no-such-review')
  return refusedIn(about, 'all', 'no-such-recording')
}
