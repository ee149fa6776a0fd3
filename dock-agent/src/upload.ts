import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { demandUnchanged, openFile, readInto } from './reading.ts'
import { refusalOf, ServerRefused } from './server.ts'
import type { Answer, DockServer } from './server.ts'
import type { CameraFile } from './walk.ts'

/** Sent in one request. Shorter chunks cost the server more and gain nothing. */
const CHUNK_BYTES = 8 * 1_048_576
/** Requests in a row after which an upload that does not move is given up. Between them is a growing pause. */
const MOST_UNMOVED = 8
const TUS = { 'tus-resumable': '1.0.0' }

export type Described = Readonly<Record<string, string | Buffer>>

/** Begins an upload (tus 1.0, creation) and gives its path on the server. */
export async function beginUpload(server: DockServer, bytes: number, described: Described): Promise<string> {
  const metadata = Object.entries(described).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
  const headers = { ...TUS, 'upload-length': String(bytes), 'upload-metadata': metadata.join(',') }
  const answer = await server.ask('POST', '/upload/', { headers })
  const location = answer.headers.get('location')
  if (answer.status !== 201 || location === null) throw refusalOf(answer)
  return new URL(location, server.url).pathname
}

/** Where an upload stands, in acknowledged bytes; null when the server does not have it any more, or keeps it from us. */
export async function offsetOf(server: DockServer, upload: string): Promise<number | null> {
  const answer = await server.ask('HEAD', upload, { headers: TUS })
  if (answer.status !== 200) return null
  const offset = Number(answer.headers.get('upload-offset'))
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw new ServerRefused('the server does not say where the upload stands')
  return offset
}

/** Removes an upload that is not to be finished. What cannot be removed now runs out by itself. */
export async function dropUpload(server: DockServer, upload: string): Promise<void> {
  await server.tell('DELETE', upload, { headers: TUS })
}

export type Sending = {
  readonly upload: string
  readonly file: CameraFile
  /** What the server has acknowledged. */
  readonly from: number
  /** Of the whole file, in hexadecimal, where it was read before; then only the rest is read. */
  readonly sha256: string | null
}

/**
 * Sends the rest of a file, each chunk with its own checksum, and with the last one the digest of the whole: the server seals
 * nothing else. The digest is taken while reading, so that the device is read once. Gives it in hexadecimal. Throws Changed
 * when the file is not what it was, ServerRefused with the server's sentence.
 */
export async function sendRest(
  server: DockServer,
  sending: Sending,
  told: (acknowledged: number) => void,
): Promise<string> {
  const { file, from, sha256 } = sending
  const handle = await openFile(file)
  try {
    const running = sha256 === null ? createHash('sha256') : null
    const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, Math.max(1, file.bytes)))
    for (let at = running === null ? from : 0; at < file.bytes;) {
      // What is acknowledged already is only hashed; chunks end where it ends.
      const end = Math.min(at + CHUNK_BYTES, at < from ? from : file.bytes)
      await readInto(handle, chunk, at, end - at)
      const body = chunk.subarray(0, end - at)
      running?.update(body)
      if (at >= from)
        await sendChunk(server, { ...sending, at, body, whole: await wholeDigest(handle, file, end, running) })
      told(end)
      at = end
    }
    return sha256 ?? running?.digest('hex') ?? ''
  } finally {
    await handle.close()
  }
}

/** With the last chunk: the digest of everything, once it is sure that the file has stayed the same to its end. */
async function wholeDigest(
  handle: FileHandle,
  file: CameraFile,
  end: number,
  running: Hash | null,
): Promise<string | null> {
  if (end < file.bytes) return null
  await demandUnchanged(handle, file)
  return running?.copy().digest('base64') ?? null
}

type Chunk = Sending & { at: number; body: Buffer<ArrayBuffer>; whole: string | null }

/** Sends one chunk until the server has acknowledged all of it, whatever is cut in between. */
async function sendChunk(server: DockServer, chunk: Chunk): Promise<void> {
  const end = chunk.at + chunk.body.length
  for (let at = chunk.at, unmoved = 0; at < end;) {
    const answer = await sendOnce(server, chunk, at)
    const next =
      answer?.status === 204 ? Number(answer.headers.get('upload-offset')) : await standing(server, chunk, answer)
    if (next < at || next > end)
      throw new ServerRefused('the server lost what it had acknowledged; the file is kept', 'lost')
    unmoved = next > at ? 0 : unmoved + 1
    if (unmoved > MOST_UNMOVED)
      throw answer === null ? new ServerRefused('the upload does not move') : refusalOf(answer)
    if (unmoved > 0) await pause(Math.min(5000, 100 * 2 ** unmoved))
    at = next
  }
}

function sendOnce(server: DockServer, { upload, at, body, whole }: Chunk, from: number): Promise<Answer | null> {
  const rest = body.subarray(from - at)
  const headers = {
    ...TUS,
    'content-type': 'application/offset+octet-stream',
    'upload-offset': String(from),
    'upload-checksum': `sha256 ${createHash('sha256').update(rest).digest('base64')}`,
    ...(whole === null ? {} : { 'repr-digest': `sha-256=:${whole}:` }),
  }
  return server.tell('PATCH', upload, { headers, body: rest })
}

/**
 * Where to go on after a PATCH that was not acknowledged. 409: part of it arrived before a cut. 460: it changed on the way. No
 * answer, or a trouble that passes: ask.
 */
async function standing(server: DockServer, { upload }: Chunk, answer: Answer | null): Promise<number> {
  if (answer !== null && answer.status !== 409 && answer.status !== 460) throw refusalOf(answer)
  if (answer !== null && refusalOf(answer).code === 'digest-mismatch') throw refusalOf(answer)
  const offset = await offsetOf(server, upload)
  if (offset === null) throw new ServerRefused('the server does not have the upload any more', 'lost')
  return offset
}
