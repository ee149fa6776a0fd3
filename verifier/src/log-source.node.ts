import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { TILE_WIDTH } from '@vidne/tlog/tiles'
import { type WholeLog, logOf } from './log-files.ts'

// A full bundle of the longest entries that C2SP tlog-tiles can write.
const MOST_BYTES = TILE_WIDTH * (2 + 65_535)

/** A log that lies in a folder: the `log` folder of an installation, or a copy of what it serves. */
export function folderLog(folder: string): WholeLog {
  return logOf({
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
  return logOf({
    async file(path) {
      const response = await fetch(`${prefix}/${path}`, { signal: AbortSignal.timeout(30_000) })
      if (response.status === 404) return null
      if (!response.ok) throw new Error(`${prefix}/${path} answered with status ${response.status}`)
      return bodyOf(response, path)
    },
    widths: async () => [],
  })
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
