import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { realDisk } from '../platform/durable/disk.ts'
import { makeFolderDurable } from '../platform/durable/durable.ts'

/** What a file holds. `sha256` in lower-case hexadecimal. */
export type Digest = { readonly bytes: number; readonly sha256: string }

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/**
 * Writes new files into a tree of folders and takes their digests on the way. Each file's bytes are on the disk when its
 * call resolves, their names when `settle` does.
 */
export class HashedTree {
  readonly root: string
  readonly #folders = new Map<string, Promise<void>>()

  constructor(root: string) {
    this.root = root
  }

  /** `path` with `/` between its parts. @throws EEXIST where there is one, DiskFull, FsyncFailed */
  async write(path: string, chunks: Chunks): Promise<Digest> {
    const whole = join(this.root, path)
    await this.#folder(dirname(whole))
    const hash = createHash('sha256')
    const file = await realDisk.open(whole, 'create', 0o600)
    let bytes = 0
    try {
      for await (const chunk of chunks) {
        hash.update(chunk)
        await file.write(chunk, bytes)
        bytes += chunk.length
      }
      await file.sync()
    } finally {
      await file.close()
    }
    return { bytes, sha256: hash.digest('hex') }
  }

  /** Makes the names of everything written durable. */
  async settle(): Promise<void> {
    for (const folder of this.#folders.keys()) await realDisk.syncFolder(folder)
  }

  #folder(path: string): Promise<void> {
    const making = this.#folders.get(path) ?? makeFolderDurable(path)
    this.#folders.set(path, making)
    return making
  }
}

/** The digest of a file as it lies there; null where there is none. */
export async function digestOf(path: string): Promise<Digest | null> {
  const found = await lstat(path).catch(() => null)
  if (found === null || !found.isFile()) return null
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of chunksOf(path)) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** The content of a file, piece by piece. */
export function chunksOf(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path, { highWaterMark: 1024 * 1024 })
}

/** Every plain file below a folder, as paths from it with `/`; none where there is no such folder. Links are not followed. */
export async function filesBelow(folder: string, within = ''): Promise<string[]> {
  const entries = await readdir(join(folder, within), { withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
  const files: string[] = []
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = within === '' ? entry.name : `${within}/${entry.name}`
    if (entry.isDirectory()) files.push(...(await filesBelow(folder, path)))
    else if (entry.isFile()) files.push(path)
  }
  return files
}

/** Whether nothing lies in a folder, or there is none. */
export async function isEmpty(folder: string): Promise<boolean> {
  return ((await realDisk.list(folder)) ?? []).length === 0
}
