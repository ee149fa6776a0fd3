import { createHash } from 'node:crypto'
import { lstat, mkdir, realpath, rm } from 'node:fs/promises'
import { type Server, createServer, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'

/** The longest path a Unix socket can have is 107 bytes; macOS takes 103. */
const LONGEST_PATH_BYTES = 103
const PATIENCE_MS = 1000
const LONGEST_ADDRESS = 2048

/**
 * Tells whoever founds an installation in `data` that a server at `url` waits for it, until closed. The data folder is not there
 * yet, so it is told by a socket in a temporary folder of this user's own. Where that cannot be had nothing is told, and the
 * founding names the address of the settings.
 */
export async function tellWaiting(data: string, url: string): Promise<{ close(): Promise<void> }> {
  const nobody = { close: async (): Promise<void> => {} }
  const path = await socketFor(data, 'make')
  // Another server waits there already, and is the one that is named.
  if (path === null || (await askAt(path)) !== null) return nobody
  await rm(path, { force: true })
  const server = createServer(socket => {
    socket.on('error', () => socket.destroy())
    socket.end(url)
  })
  if (!(await listens(server, path))) return nobody
  // A server that waits is kept alive by its port, and by nothing here.
  server.unref()
  return { close: () => new Promise(closed => server.close(() => closed())) }
}

/** The address of the server that waits for an installation in `data`; null where none does. */
export async function waitingServer(data: string): Promise<string | null> {
  const path = await socketFor(data, 'look')
  return path === null ? null : askAt(path)
}

async function listens(server: Server, path: string): Promise<boolean> {
  const { promise, resolve: tell } = Promise.withResolvers<boolean>()
  server.once('error', () => tell(false))
  server.listen(path, () => tell(true))
  return promise
}

async function askAt(path: string): Promise<string | null> {
  const socket = connect(path)
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('no answer')))
  const said = await text(socket).catch(() => '')
  return said.length <= LONGEST_ADDRESS ? (URL.parse(said)?.href ?? null) : null
}

/** Nobody else may have made the folder: whoever can put a socket there can send the founder to an address of his own. */
async function socketFor(data: string, how: 'make' | 'look'): Promise<string | null> {
  const user = process.getuid?.()
  if (user === undefined) return null
  const folder = join(tmpdir(), `vidne-${user}`)
  try {
    if (how === 'make') await mkdir(folder, { mode: 0o700 }).catch(() => undefined)
    const found = await lstat(folder)
    if (!found.isDirectory() || found.uid !== user || (found.mode & 0o077) !== 0) return null
    const name = createHash('sha256')
      .update(await realPlace(resolve(data)))
      .digest('hex')
    const path = join(folder, `${name.slice(0, 32)}.waiting`)
    return Buffer.byteLength(path) > LONGEST_PATH_BYTES ? null : path
  } catch {
    return null
  }
}

/** The path without links, also of a folder that is not there yet. */
async function realPlace(path: string): Promise<string> {
  const real = await realpath(path).catch(() => null)
  if (real !== null) return real
  return dirname(path) === path ? path : join(await realPlace(dirname(path)), basename(path))
}
