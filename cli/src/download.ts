import { type FileHandle, open, rename, rm, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { faultWords } from '@vidne/dock-agent/faults'
import { startProgress } from '@vidne/dock-agent/progress'
import { CommandRefused, UsageRefused } from './command.ts'
import type { Connection } from './connection.ts'

/** Tries without any new byte before a download is given up, and how long the first of them waits. */
const PATIENCE = 4
const FIRST_PAUSE_MS = 500

/** What is done after a cut; the server keeps a package for an hour after the last byte it sent. */
const AGAIN =
  'Nothing was kept here. Type the same command again: it is the same export, and nobody has to agree to it again.'

/** A file that has its name only once it is whole and on disk, so that a half package can never be mistaken for one. */
export type Output = { readonly file: string; readonly part: FileHandle; readonly again: string }

/**
 * Opens a file to be written, before anything is asked of a server: a place that cannot be written must not cost an export.
 * `again`: what is done after a cut.
 * @throws UsageRefused
 */
export async function openOutput(file: string, again = AGAIN): Promise<Output> {
  try {
    const there = await stat(file).catch(() => null)
    if (there?.isDirectory() === true) throw new UsageRefused(`--out ${file} is a folder; name a file in it`)
    return { file, part: await open(unfinished(file), 'w', 0o600), again }
  } catch (cause) {
    const why = faultWords(cause)
    if (why === null) throw cause
    throw new UsageRefused(`--out ${file} cannot be written: ${why}. Nothing was asked for.`, { cause })
  }
}

/** Leaves nothing behind. */
export async function discard({ file, part }: Output): Promise<void> {
  await part.close()
  await rm(unfinished(file), { force: true })
}

/**
 * Fetches a package, resuming by range after a cut.
 * @throws CommandRefused when the server refuses or stays away, or the disk has no room; the output is the caller's to discard
 */
export async function download(
  { server, token }: Connection,
  { path, bytes }: { path: string; bytes: number },
  out: Output,
): Promise<void> {
  await demandRoom(out, bytes)
  const progress = startProgress(out.file)
  try {
    let at = 0
    for (let tries = 0; at < bytes; tries++) {
      if (tries > PATIENCE)
        throw new CommandRefused(`${server} stopped sending at byte ${at} of ${bytes}. ${out.again}`)
      if (tries > 0) await pause(FIRST_PAUSE_MS * 2 ** (tries - 1))
      const before = at
      for await (const chunk of bytesFrom({ url: `${server}${path}`, token, again: out.again }, at)) {
        await write(out, chunk, at)
        at += chunk.length
        progress.at(at, bytes)
      }
      if (at > before) tries = 0
    }
    await keep(out)
  } finally {
    progress.end()
  }
}

type Source = { url: string; token: string; again: string }

async function* bytesFrom({ url, token, again }: Source, from: number): AsyncGenerator<Uint8Array> {
  const headers = { authorization: `Bearer ${token}`, ...(from > 0 ? { range: `bytes=${from}-` } : {}) }
  const response = await fetch(url, { headers }).catch(() => null)
  if (response === null || response.status === 502 || response.status === 503) return
  if (!response.ok) throw new CommandRefused(sentenceIn(await response.text()) ?? `${url} answered ${response.status}`)
  if (from > 0 && response.status !== 206)
    throw new CommandRefused(`The server cannot go on where the download was cut. ${again}`)
  if (response.body === null) return
  try {
    for await (const chunk of response.body) yield chunk
  } catch {
    // Cut in the middle: the caller asks for the rest.
  }
}

function sentenceIn(text: string): string | null {
  try {
    const said: unknown = JSON.parse(text)
    return typeof said === 'object' && said !== null && 'message' in said ? String(said.message) : null
  } catch {
    return null
  }
}

async function demandRoom({ file, again }: Output, bytes: number): Promise<void> {
  const disk = await statfs(dirname(file)).catch(() => null)
  const free = disk === null ? null : disk.bavail * disk.bsize
  if (free !== null && free < bytes)
    throw new CommandRefused(`The disk of ${file} has room for ${free} bytes; ${bytes} are to come. ${again}`)
}

async function write(out: Output, chunk: Uint8Array, at: number): Promise<void> {
  await onDisk(out, async () => {
    // A disk that is nearly full may take a part of the bytes, and only refuse the next ones.
    for (let done = 0; done < chunk.length;)
      done += (await out.part.write(chunk, done, chunk.length - done, at + done)).bytesWritten
  })
}

/** Gives the file its name; durable when it resolves. */
async function keep(out: Output): Promise<void> {
  const { file, part } = out
  await onDisk(out, async () => {
    await part.sync()
    await rename(unfinished(file), file)
    const folder = await open(dirname(file), 'r')
    await folder.sync().finally(() => folder.close())
  })
}

async function onDisk<T>({ file, again }: Output, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const why = faultWords(cause)
    if (why === null) throw cause
    throw new CommandRefused(`${file} cannot be written: ${why}. ${again}`, { cause })
  }
}

function unfinished(file: string): string {
  return `${file}.part`
}
