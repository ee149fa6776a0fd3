import { availableParallelism } from 'node:os'
import type { Json } from '@vidne/evidence/jcs'
import type { NotParsable } from '@vidne/media/footage'
import { severalAtOnce } from '../platform/several-at-once.ts'
import type { Footage } from './footage.ts'
import { openFootage } from './footage.ts'
import type { Ground } from './ground.ts'
import { countTry, findRecording, giveTryBack, insertFacts, setRead, unread } from './recordings-store.ts'
import type { Fact } from './recordings-store.ts'
import { refusalFor } from './troubles.ts'

/** What a reader of media found, or that it could not make anything of the bytes. `because` is a code. */
export type MediaReading =
  | {
      readonly parsable: true
      readonly parser: string
      readonly facts: readonly Fact[]
      readonly recordedAt: { at: number; source: string } | null
    }
  | { readonly parsable: false; readonly parser: string; readonly because: NotParsable | 'gave-up' }

/** Reads media in a process of its own, with limits of time and memory. A hostile file is `parsable: false`, not a throw. */
export type ReadMedia = (footage: Footage, about: { extension: string }) => Promise<MediaReading>

const MOST_TRIES = 3
const PAGE = 20

/** Each reader is a process of its own that may take a core and 256 MiB. One core stays free for the server. */
export const READERS = Math.min(3, Math.max(1, availableParallelism() - 1))

type Reading = Pick<Ground, 'database' | 'objects' | 'vault' | 'openings' | 'log' | 'history' | 'policyDigest'>

/**
 * Reads the recordings that nobody has read yet, each once, until `enough`; the newest first, for those are looked at, and
 * several of them side by side. A failure never touches the evidence: it is marked
 * `not-parsable`. Where store, vault or database fail, it is no fault of the file, and a later run reads it.
 */
export async function readWaiting(ground: Reading, readMedia: ReadMedia, enough: () => boolean): Promise<number> {
  let tried = 0
  let before: string | null = null
  while (!enough()) {
    const page: Waiting[] = await ground.database.asInstallation(trx => unread(trx, { before, most: PAGE }))
    await severalAtOnce(page, READERS, async waiting => {
      if (enough()) return
      await readNow(ground, readMedia, waiting)
      tried += 1
    })
    before = page.at(-1)?.id ?? null
    if (before === null) break
  }
  return tried
}

type Waiting = { id: string; agency: string }

async function readNow(ground: Reading, readMedia: ReadMedia, { agency, id }: Waiting): Promise<void> {
  try {
    await readOne(ground, readMedia, agency, id)
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error)
    ground.log.warn(
      { recording: id, because },
      'the media of a recording could not be read now; it will be tried again',
    )
    if (passes(error)) await ground.database.asAgency(agency, trx => giveTryBack(trx, id))
  }
}

/** A store, vault or database that is away for a while: no try of the reader's was used. */
function passes(error: unknown): boolean {
  const status = refusalFor(error)?.status
  return status === 503 || status === 507
}

async function readOne(ground: Reading, readMedia: ReadMedia, agency: string, id: string): Promise<void> {
  const tries = await ground.database.asAgency(agency, trx => countTry(trx, id))
  const recording = await ground.database.asAgency(agency, trx => findRecording(trx, id))
  if (tries === null || recording === null) return
  const reading: MediaReading =
    tries > MOST_TRIES
      ? { parsable: false, parser: 'none', because: 'gave-up' }
      : await readMedia(await openFootage(ground, agency, id), { extension: recording.extension ?? 'bin' })
  await ground.database.asAgency(agency, async trx => {
    const recorded = reading.parsable ? reading.recordedAt : null
    const state = reading.parsable ? 'read' : 'not-parsable'
    if (!(await setRead(trx, id, { state, recorded }))) return
    if (reading.parsable) await insertFacts(trx, { agency, recording: id, facts: reading.facts })
    const pol = await ground.policyDigest(trx, agency)
    await ground.history.append(trx, { subject: id, type: 'indexed', pol, fields: fieldsOf(reading) })
  })
}

function fieldsOf(reading: MediaReading): { name: string; value: Json }[] {
  const parser = { name: 'parser', value: reading.parser }
  if (!reading.parsable) return [parser, { name: 'not-parsable', value: reading.because }]
  return [parser, { name: 'facts', value: reading.facts.map(fact => committable({ ...fact })) }]
}

/** Events hold whole numbers only; another number is written as text, so that none is rounded. */
function committable(value: unknown): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : String(value)
  if (Array.isArray(value)) return value.map(committable)
  if (typeof value !== 'object') return null
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, committable(inner)]))
}
