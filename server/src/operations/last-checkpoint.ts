import { join } from 'node:path'
import { CheckpointRefused, parseCheckpoint } from '@vidne/tlog/checkpoint'
import { parseVerifierKey } from '@vidne/tlog/keys'
import { NoteRefused, openNote, parseNote } from '@vidne/tlog/note'
import type { NoteSigner } from '@vidne/tlog/note'
import { sql } from 'kysely'
import { realDisk } from '../platform/durable/disk.ts'
import type { QuietGround } from './quiet-ground.ts'
import { OperationRefused } from './refused.ts'

export type LastCheckpoint = { readonly origin: string; readonly size: number; readonly root: Uint8Array }

/**
 * The largest checkpoint that anything here remembers of the log that ends: lock folder, database, the public one, or
 * one that was given. With the log's key only those count that it has signed.
 * @throws OperationRefused where there is none at all
 */
export async function lastCheckpoint(
  ground: Pick<QuietGround, 'places' | 'database'>,
  { origin, key, given }: { origin: string; key: NoteSigner | null; given: string | null },
): Promise<LastCheckpoint> {
  const texts = [...(await remembered(ground)), ...(given === null ? [] : [given])]
  const found: LastCheckpoint[] = []
  for (const text of texts) {
    const checkpoint = await readCheckpoint(text, key)
    if (checkpoint?.origin === origin) found.push(checkpoint)
    else if (text === given)
      throw new OperationRefused('--checkpoint is not a checkpoint of the log that ends, signed by its key.')
  }
  const [largest] = found.toSorted((a, b) => b.size - a.size)
  if (largest !== undefined) return largest
  throw new OperationRefused(
    'No checkpoint of the old log is left here, and the new one must name its last. Give one with --checkpoint FILE: ' +
      'witnesses, receipts and packages carry them.',
  )
}

async function remembered({ places, database }: Pick<QuietGround, 'places' | 'database'>): Promise<string[]> {
  const { rows } = await database.asInstallation(trx =>
    sql<{ note: string }>`select signed_note as note from seal_log where signed_note is not null`.execute(trx),
  )
  const locked = ((await realDisk.list(places.lock)) ?? []).map(name => join(places.lock, name))
  const files = await Promise.all([...locked, join(places.log, 'checkpoint')].map(path => realDisk.read(path)))
  return [
    ...rows.map(row => row.note),
    ...files.flatMap(bytes => (bytes === null ? [] : Buffer.from(bytes).toString())),
  ]
}

async function readCheckpoint(text: string, key: NoteSigner | null): Promise<LastCheckpoint | null> {
  try {
    const note = key === null ? parseNote(text) : (await openNote(text, [parseVerifierKey(key.vkey)])).note
    const { origin, size, root } = parseCheckpoint(note.text)
    return { origin, size, root }
  } catch (refusal) {
    if (refusal instanceof NoteRefused || refusal instanceof CheckpointRefused) return null
    throw refusal
  }
}
