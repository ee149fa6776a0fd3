import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { bundlePath, decodeBundle, encodeBundle, TILE_WIDTH, tilePath } from '@vidne/tlog/tiles'
import type { LogSource } from './log-check.ts'

const HASH_BYTES = 32
// A full bundle of the longest entries that C2SP tlog-tiles can write.
const MOST_BYTES = TILE_WIDTH * (2 + 65_535)

/** A log's files, and which of its checkpoints a map-checker has signed; null where there is none. */
export interface WholeLog extends LogSource {
  checked(): Promise<string | null>
}

/** A log that lies in a folder: the `log` folder of an installation, or a copy of what it serves. */
export function folderLog(folder: string): WholeLog {
  return sourceOf({
    file: path => readOrNull(join(folder, path)),
    async widths(path) {
      const names = await readdir(join(folder, dirname(path))).catch(() => [])
      return names.filter(name => /^[1-9][0-9]{0,2}$/.test(name)).map(Number)
    },
  })
}

/**
 * The prefix before `/checkpoint` and `/tile/` of a log that is served, from its own address or that of its installation. Null
 * for what is no address of the web.
 */
export function logPrefix(address: string): string | null {
  if (!URL.canParse(address)) return null
  const url = new URL(address)
  if (!/^https?:$/.test(url.protocol)) return null
  const path = url.pathname.replace(/\/+$/, '')
  return `${url.origin}${path === '' ? '/log' : path}`
}

/** A log as its operator serves it; `url` is the prefix before `/checkpoint` and `/tile/`. Rejects when it does not answer. */
export function servedLog(url: string): WholeLog {
  const prefix = url.replace(/\/$/, '')
  return sourceOf({
    async file(path) {
      const response = await fetch(`${prefix}/${path}`, { signal: AbortSignal.timeout(30_000) })
      if (response.status === 404) return null
      if (!response.ok) throw new Error(`${prefix}/${path} answered with status ${response.status}`)
      return bodyOf(response, path)
    },
    widths: async () => [],
  })
}

type Files = {
  /** The file at a C2SP path, or null where there is none. */
  file: (path: string) => Promise<Uint8Array | null>
  /** Of a partial tile's path: the widths that are there beside it. */
  widths: (path: string) => Promise<number[]>
}

/** Of a partial tile that is gone, the beginning of a wider one holds the same (C2SP tlog-tiles, Partial Tiles). */
function sourceOf({ file, widths }: Files): WholeLog {
  const widest = async (
    path: (width: number) => string,
    width: number,
  ): Promise<{ bytes: Uint8Array; width: number } | null> => {
    for (const there of [width, TILE_WIDTH, ...(await widths(path(1))).filter(other => other > width)]) {
      const bytes = await file(path(there))
      if (bytes !== null) return { bytes, width: there }
    }
    return null
  }
  const text = async (path: string): Promise<string | null> => {
    const bytes = await file(path)
    return bytes === null ? null : Buffer.from(bytes).toString('utf8')
  }
  return {
    checkpoint: () => text('checkpoint'),
    checked: () => text('checked'),
    async tile(level, index, width) {
      const found = await widest(part => tilePath(level, index, part), width)
      if (found === null) return null
      return found.width === width ? found.bytes : found.bytes.subarray(0, width * HASH_BYTES)
    },
    async bundle(index, width) {
      const found = await widest(part => bundlePath(index, part), width)
      if (found === null || found.width === width) return found?.bytes ?? null
      return encodeBundle(decodeBundle(found.bytes, found.width).slice(0, width))
    },
  }
}

async function readOrNull(path: string): Promise<Uint8Array | null> {
  try {
    return await readFile(path)
  } catch (missing) {
    if (missing instanceof Error && 'code' in missing && (missing.code === 'ENOENT' || missing.code === 'ENOTDIR'))
      return null
    throw missing
  }
}

async function bodyOf(response: Response, path: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of response.body ?? []) {
    length += part.length
    if (length > MOST_BYTES) throw new Error(`${path} is longer than any file of a log`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}
