import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { CommandRefused } from './command.ts'
import type { Connection } from './connection.ts'
import { startProgress } from './progress.ts'

/** Tries without any new byte before a download is given up. */
const patience = 5

/**
 * Fetches a package into `file`, resuming by range after a cut. The file gets its name only when it is whole and
 * on disk, so a half package can never be mistaken for one.
 * @throws CommandRefused when the server refuses or stays away.
 */
export async function download(
  { server, token }: Connection,
  path: string,
  file: string,
  bytes: number,
): Promise<void> {
  const unfinished = `${file}.part`
  const out = await open(unfinished, 'w', 0o600)
  const progress = startProgress(file, bytes)
  try {
    let at = 0
    for (let tries = 0; at < bytes; tries++) {
      if (tries > patience)
        throw new CommandRefused(`${server} stopped sending at byte ${at} of ${bytes}; nothing was written`)
      const before = at
      for await (const chunk of bytesFrom(`${server}${path}`, token, at)) {
        await out.write(chunk, 0, chunk.length, at)
        at += chunk.length
        progress.at(at)
      }
      if (at > before) tries = 0
    }
    await out.sync()
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  } finally {
    progress.end()
    await out.close()
  }
  await rename(unfinished, file)
  await syncFolder(dirname(file))
}

async function* bytesFrom(url: string, token: string, from: number): AsyncGenerator<Uint8Array> {
  const headers = { authorization: `Bearer ${token}`, ...(from > 0 ? { range: `bytes=${from}-` } : {}) }
  const response = await fetch(url, { headers }).catch(() => null)
  if (response === null) return
  if (!response.ok) throw new CommandRefused(`the package was refused (${response.status}): ${await response.text()}`)
  if (from > 0 && response.status !== 206)
    throw new CommandRefused('the server cannot go on where the download was cut')
  if (response.body === null) return
  try {
    for await (const chunk of response.body) yield chunk
  } catch {
    // Cut in the middle: the caller asks for the rest.
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}
