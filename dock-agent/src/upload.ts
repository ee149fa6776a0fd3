import { createHash } from 'node:crypto'
import { StillGrowing, openFile, readAt } from './reading.ts'
import { type Answer, type DockServer, ServerRefused, sentenceOf } from './server.ts'
import type { CameraFile } from './walk.ts'

/** Sent in one request. Shorter chunks cost the server more and gain nothing. */
const chunkBytes = 8 * 1_048_576
const tus = { 'tus-resumable': '1.0.0' }

export type Described = Readonly<Record<string, string | Buffer>>

/** Begins an upload (tus 1.0, creation) and gives its path on the server. */
export async function beginUpload(server: DockServer, file: CameraFile, described: Described): Promise<string> {
  const metadata = Object.entries(described).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
  const headers = { ...tus, 'upload-length': String(file.bytes), 'upload-metadata': metadata.join(',') }
  const answer = await server.ask('POST', '/upload/', headers)
  const location = answer.headers.get('location')
  if (answer.status !== 201 || location === null) throw new ServerRefused(sentenceOf(answer))
  return new URL(location, server.url).pathname
}

/** Where an upload stands, in acknowledged bytes; null when the server does not have it any more. */
export async function offsetOf(server: DockServer, upload: string): Promise<number | null> {
  const answer = await server.ask('HEAD', upload, tus)
  if (answer.status === 404 || answer.status === 410) return null
  if (answer.status !== 200) throw new ServerRefused(sentenceOf(answer))
  const offset = Number(answer.headers.get('upload-offset'))
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw new ServerRefused('the server does not say where the upload stands')
  return offset
}

/**
 * Sends the rest of a file from the acknowledged byte on, each chunk with its own checksum, until the server has all of it.
 * @throws StillGrowing when the file ends before its length; ServerRefused with the server's sentence.
 */
export async function sendRest(
  server: DockServer,
  { upload, file, from }: { upload: string; file: CameraFile; from: number },
  told: (acknowledged: number) => void,
): Promise<void> {
  const handle = await openFile(file)
  try {
    let offset = from
    for (let unmoved = 0; offset < file.bytes;) {
      const chunk = await readAt(handle, offset, Math.min(chunkBytes, file.bytes - offset))
      if (chunk.length === 0) throw new StillGrowing('the file became shorter while it was sent')
      const before = offset
      offset = await sendChunk(server, upload, offset, chunk)
      told(offset)
      unmoved = offset > before ? 0 : unmoved + 1
      if (unmoved > 5) throw new ServerRefused('the upload does not move; the file is kept on the camera')
    }
  } finally {
    await handle.close()
  }
}

async function sendChunk(server: DockServer, upload: string, offset: number, chunk: Buffer): Promise<number> {
  const checksum = createHash('sha256').update(chunk).digest('base64')
  const headers = {
    ...tus,
    'content-type': 'application/offset+octet-stream',
    'upload-offset': String(offset),
    'upload-checksum': `sha256 ${checksum}`,
  }
  const answer = await server.ask('PATCH', upload, headers, chunk)
  if (answer.status === 204) return Number(answer.headers.get('upload-offset') ?? offset + chunk.length)
  // 409: part of it arrived before a cut. 460: it changed on the way. In both the server knows where to go on.
  if (answer.status === 409 || (answer.status === 460 && !isWholeFile(answer)))
    return (await offsetOf(server, upload)) ?? offset
  throw new ServerRefused(sentenceOf(answer))
}

function isWholeFile({ text }: Answer): boolean {
  return text.includes('digest-mismatch')
}
