// The master key: 32 bytes that open the vault. They come from a systemd credential, from a file the environment names,
// or from the data folder; never from a flag and never from the environment itself, where other processes could read them.

import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../durable/disk.ts'
import { createFileDurable } from '../durable/durable.ts'
import { KEY_BYTES } from './wrap.ts'

const CREDENTIAL = 'vidne-master-key'
const HEX = /^[0-9a-f]{64}\n?$/i

export type MasterKeyProblem = 'missing' | 'open-to-others' | 'not-a-key' | 'not-a-file' | 'unreadable'

/** The master key cannot be used; `code` says why, the message says which file and what to do. */
export class MasterKeyRefused extends Error {
  readonly code: MasterKeyProblem
  constructor(code: MasterKeyProblem, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'MasterKeyRefused'
    this.code = code
  }
}

export type MasterKey = {
  readonly key: Uint8Array
  readonly from: 'environment' | 'credential' | 'file'
  readonly path: string
}

/**
 * Finds the master key: the file that VIDNE_MASTER_KEY_FILE names, else the systemd credential
 * `$CREDENTIALS_DIRECTORY/vidne-master-key`, else `file` (the data folder's). The first that is named is the one that
 * counts: where it cannot be used no other is tried.
 * @throws MasterKeyRefused
 */
export async function loadMasterKey(p: {
  file: string
  env?: Readonly<Record<string, string | undefined>>
}): Promise<MasterKey> {
  const env = p.env ?? process.env
  const named = env['VIDNE_MASTER_KEY_FILE']
  if (named !== undefined && named !== '') return { key: await readKey(named, 0o077), from: 'environment', path: named }
  const credentials = env['CREDENTIALS_DIRECTORY']
  if (credentials !== undefined && credentials !== '') {
    const path = join(credentials, CREDENTIAL)
    // systemd grants a unit's user access by an ACL, whose mask shows in the group's bits.
    const key = await readKey(path, 0o007).catch((error: unknown) => {
      if (error instanceof MasterKeyRefused && error.code === 'missing') return null
      throw error
    })
    if (key !== null) return { key, from: 'credential', path }
  }
  return { key: await readKey(p.file, 0o077), from: 'file', path: p.file }
}

/**
 * Makes a master key in a new file (0600, 64 hexadecimal digits), durable when it resolves.
 * @throws an EEXIST error where there is one: a master key is never replaced
 */
export async function createMasterKey(path: string): Promise<Uint8Array> {
  const key = randomBytes(KEY_BYTES)
  await createFileDurable(path, `${key.toString('hex')}\n`)
  return key
}

async function readKey(path: string, closedTo: number): Promise<Uint8Array> {
  const handle = await open(path, constants.O_RDONLY).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') throw new MasterKeyRefused('missing', `there is no master key in ${path}`, error)
    throw new MasterKeyRefused('unreadable', `the master key in ${path} cannot be read`, error)
  })
  try {
    const found = await handle.stat()
    if (!found.isFile()) throw new MasterKeyRefused('not-a-file', `${path} is not a file`)
    if (process.platform !== 'win32' && (found.mode & closedTo) !== 0) {
      const mode = (found.mode & 0o777).toString(8)
      throw new MasterKeyRefused(
        'open-to-others',
        `other users can read the master key in ${path} (mode ${mode}); chmod 600 it`,
      )
    }
    if (found.size > 1024) throw new MasterKeyRefused('not-a-key', `${path} is too long for a master key`)
    return parseKey(await handle.readFile(), path)
  } finally {
    await handle.close()
  }
}

function parseKey(bytes: Buffer, path: string): Uint8Array {
  if (bytes.length === KEY_BYTES) return new Uint8Array(bytes)
  const text = bytes.toString('latin1')
  if (HEX.test(text)) return new Uint8Array(Buffer.from(text.trim(), 'hex'))
  throw new MasterKeyRefused('not-a-key', `${path} holds no master key (32 bytes, or 64 hexadecimal digits)`)
}
