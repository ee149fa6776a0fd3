import { createHash } from 'node:crypto'
import { NoteRefused, openNote, signNote } from '@vidne/tlog/note'
import type { NoteKey, NoteSigner } from '@vidne/tlog/note'
import { z } from 'zod'
import { Column } from './tables.ts'

/** Names in a backup's folder. */
export const DESCRIPTION = 'backup.json'
export const SIGNATURE = 'backup.note'
export const MANIFEST = 'manifest-sha256.txt'

const Migration = z.strictObject({ version: z.int(), name: z.string(), sha256: z.string() })

/** `backup.json`: what a backup holds and how it may be used. Times are epoch milliseconds by the installation's clock. */
export const Description = z.strictObject({
  v: z.literal(1),
  program: z.string(),
  installation: z.uuid(),
  agencyName: z.string(),
  origin: z.string(),
  mode: z.enum(['normal', 'rehearsal']),
  at: z.int(),
  /** Null where the database is a server's and its operator backs it up. */
  database: z
    .strictObject({
      migrations: z.array(Migration),
      tables: z.array(z.strictObject({ name: z.string(), rows: z.int(), columns: z.array(Column) })),
    })
    .nullable(),
  vault: z.strictObject({ expires: z.int(), keys: z.int(), omitted: z.int() }),
  /** Null where they were left out. */
  objects: z.strictObject({ files: z.int(), bytes: z.int() }).nullable(),
  logKeys: z.boolean(),
  /** SHA-256 of the manifest, which holds the digest of every other file. */
  manifest: z.string().regex(/^[0-9a-f]{64}$/),
})
export type Description = Readonly<z.infer<typeof Description>>

export function formatDescription(description: Description): string {
  return `${JSON.stringify(description, null, 2)}\n`
}

/** Null where the text is not the description of a backup that this program knows. */
export function parseDescription(text: string): Description | null {
  try {
    return Description.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/**
 * Signs a description with the log's key, so that whoever alters a backup cannot simply compute its digests again. The
 * first line is no log's origin and the second no size: the note can never be read as a checkpoint.
 */
export function signDescription(description: string, signer: NoteSigner): Promise<string> {
  return signNote(signedText(description, signer.name), [signer])
}

/** Whether the note is this key's signature over this description. */
export async function isSigned(description: string, note: string, key: NoteKey): Promise<boolean> {
  try {
    const { note: opened, signedBy } = await openNote(note, [key])
    return signedBy.length === 1 && opened.text === signedText(description, key.name)
  } catch (refusal) {
    if (refusal instanceof NoteRefused) return false
    throw refusal
  }
}

function signedText(description: string, origin: string): string {
  const digest = createHash('sha256').update(description, 'utf8').digest('hex')
  return `vidne-backup/v1\nsha256 ${digest}\n${origin}\n`
}
