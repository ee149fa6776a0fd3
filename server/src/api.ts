import { implement, ORPCError } from '@orpc/server'
import { contract } from '@vidne/contract/contract'
import { refusals } from '@vidne/contract/refusals'
import { type Act, type Actor, may } from './people/people.ts'
import type { About } from './platform/http/about.ts'

/** What every answer under `/api` knows: who asks, and how. `sees`: whether the recording is on the asker's list; where not, that is noted. */
type Asking = { actor: Actor; about: About; sees: (act: Act, recording: string) => Promise<boolean> }

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
}

/**
 * Asking for one recording is asking the list for that id: what is not on it answers like what does not exist, on every
 * request that names one, also on those that are added later. Whoever may not do the act at all is told so by its own
 * handler, the same for every id.
 */
const onlyWhatIsSeen = bound.middleware(async ({ context, path, next }, input: unknown) => {
  const recording = recordingNamed(path, input)
  const act = ACTS[path.join('.')] ?? 'list'
  if (recording === null || !may(context.actor, act) || (await context.sees(act, recording))) return next()
  throw noSuchRecording()
})

/** The contract with what every answer knows: who asks, and what he may see. Each stage's `routes.ts` binds its own part to its door. */
export const api = bound.use(onlyWhatIsSeen)

function recordingNamed(path: readonly string[], input: unknown): string | null {
  if (path[0] !== 'recordings' && path.join('.') !== 'exports.ask') return null
  const named = typeof input === 'object' && input !== null && 'id' in input ? input.id : null
  return typeof named === 'string' ? named : null
}

function noSuchRecording() {
  const { status, message } = refusals.NOT_FOUND
  const data = { sentence: 'There is no recording of that id that you may see.' }
  return new ORPCError('NOT_FOUND', { defined: true, status, message, data })
}
