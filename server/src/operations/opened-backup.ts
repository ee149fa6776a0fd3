import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { BagRefused, type ManifestLine, parseManifest } from '@vidne/evidence/bag'
import type { NoteKey } from '@vidne/tlog/note'
import { parse } from 'smol-toml'
import { settingsFile } from '../platform/settings/settings.ts'
import { DESCRIPTION, MANIFEST, SIGNATURE, type Description, isSigned, parseDescription } from './description.ts'
import { digestOf, filesBelow } from './hashed-files.ts'
import { OperationRefused } from './refused.ts'

/** A backup whose description and manifest belong together. Its files have not been looked at yet. */
export type OpenedBackup = {
  readonly folder: string
  readonly description: Description
  /** Digest by path, for every file but the three that describe them. */
  readonly digests: ReadonlyMap<string, string>
  /** The text of the description, which the signature is over. */
  readonly text: string
}

/** @throws OperationRefused where the folder holds no whole backup */
export async function openBackup(from: string): Promise<OpenedBackup> {
  const folder = resolve(from)
  const text = await readFile(join(folder, DESCRIPTION), 'utf8').catch(() => null)
  if (text === null)
    throw new OperationRefused(
      `${from} is no backup, or one that was cut off while it was made: it has no ${DESCRIPTION}.`,
    )
  const description = parseDescription(text)
  if (description === null)
    throw new OperationRefused(
      `${DESCRIPTION} in ${from} was altered, or made by a newer version of the program. Use that version, or another backup.`,
    )
  const manifest = await digestOf(join(folder, MANIFEST))
  if (manifest?.sha256 !== description.manifest) throw altered(MANIFEST)
  const digests = new Map(
    manifestLines(await readFile(join(folder, MANIFEST), 'utf8')).map(one => [one.path, one.sha256]),
  )
  return { folder, description, digests, text }
}

function manifestLines(text: string): ManifestLine[] {
  try {
    return parseManifest(text)
  } catch (error) {
    throw error instanceof BagRefused ? altered(MANIFEST) : error
  }
}

/** The refusal of a backup whose file is not the one that was backed up. */
export function altered(path: string): OperationRefused {
  return new OperationRefused(
    `${path} is not as it was when the backup was made: it was damaged or altered. Use another backup. Nothing of this one is relied on.`,
  )
}

/** @throws OperationRefused unless the log's key has signed the description */
export async function demandSigned({ folder, text, description }: OpenedBackup, key: NoteKey): Promise<void> {
  if (key.name !== description.origin)
    throw new OperationRefused(
      `The signing key is of the log ${key.name}, the backup of ${description.origin}. Give the keys that belong to it.`,
    )
  const note = await readFile(join(folder, SIGNATURE), 'utf8').catch(() => null)
  if (note === null || !(await isSigned(text, note, key)))
    throw new OperationRefused(
      `${SIGNATURE} is not the signature of the log's key over this backup: the backup was altered, or the key is another ` +
        'one of the same name. Use another backup.',
    )
}

/**
 * Reads every file under these prefixes and compares it with its digest; a file that no digest is known of is refused
 * too. Objects are compared while they are copied.
 * @throws OperationRefused naming the first file that differs
 */
export async function demandUnaltered({ folder, digests }: OpenedBackup, prefixes: readonly string[]): Promise<void> {
  for (const prefix of prefixes) {
    for (const [path, sha256] of digests)
      if (path.startsWith(prefix) && (await digestOf(join(folder, path)))?.sha256 !== sha256) throw altered(path)
    for (const file of await filesBelow(join(folder, prefix)))
      if (!digests.has(`${prefix}${file}`)) throw altered(`${prefix}${file}`)
  }
}

/** The files under a prefix, without it. */
export function filesUnder({ digests }: OpenedBackup, prefix: string): string[] {
  return [...digests.keys()].filter(path => path.startsWith(prefix)).map(path => path.slice(prefix.length))
}

/** What the settings file of a backup says, by the names it uses. */
export async function settingsIn({ folder }: OpenedBackup): Promise<Record<string, unknown>> {
  return parse(await readFile(join(folder, 'settings', settingsFile), 'utf8'))
}
