import { DetailedError, type HttpRequest, Upload } from 'tus-js-client'
import { chosenLanguage } from '../words/language.ts'
import type { KeptFile } from './kept.ts'

/** Why sending waits, to go on by itself. */
export type Waiting = 'network' | 'busy' | 'storage-full' | 'signed-out' | 'in-use'

/**
 * How sending ended. `waits`: nothing is lost, it goes on from where the installation stands. `gone`: what had come was removed, and nothing of
 * it was sealed. `refused`: it is no use to try again.
 */
export type Ended =
  | { readonly is: 'sent' }
  | { readonly is: 'waits'; readonly because: Waiting }
  | { readonly is: 'gone' }
  | { readonly is: 'refused'; readonly code: string }

export type Sending = { readonly ended: Promise<Ended>; stop(): void }

type Told = {
  /** Where it goes, as soon as that is known. */
  begun: (upload: string) => void
  progress: (sent: number) => void
  /** The digest of the whole file in base64. */
  digest: Promise<string | null>
}

/** A body so long ends in time to be acknowledged now and then, and to pass a proxy that does not like long ones. */
const BODY_BYTES = 32 * 1024 * 1024

/** A line that died without a word says nothing for ever; an installation that rebuilds what it knows of a large file answers within this. */
const SILENCE_MS = 180_000

/** Sends what is missing of a file. Whatever happens on the way, an upload that was begun is gone on with, and no second one is begun. */
export function send(kept: KeptFile, file: File, told: Told): Sending {
  const { promise, resolve } = Promise.withResolvers<Ended>()
  const upload = new Upload(file, {
    // Only one of the two: the library would begin a second upload where the first is refused.
    ...(kept.upload === null ? { endpoint: '/upload/' } : { uploadUrl: kept.upload }),
    metadata: metadataOf(kept),
    headers: { 'accept-language': chosenLanguage() },
    chunkSize: BODY_BYTES,
    retryDelays: null,
    storeFingerprintForResuming: false,
    onUploadUrlAvailable: () => {
      if (upload.url !== null) told.begun(new URL(upload.url, location.href).pathname)
    },
    onProgress: bytes => {
      watch()
      told.progress(bytes)
    },
    onBeforeRequest: request => withDigest(request, file, told.digest),
    onSuccess: () => end({ is: 'sent' }),
    onError: error => end(endOf(error)),
  })
  const end = (ended: Ended) => {
    clearTimeout(silence)
    resolve(ended)
  }
  const stop = () => {
    void upload.abort()
    end({ is: 'waits', because: 'network' })
  }
  let silence: ReturnType<typeof setTimeout> | undefined
  const watch = () => {
    clearTimeout(silence)
    silence = setTimeout(stop, SILENCE_MS)
  }
  watch()
  upload.start()
  return { ended: promise, stop }
}

async function withDigest(request: HttpRequest, file: File, digest: Promise<string | null>): Promise<void> {
  const offset = request.getHeader('Upload-Offset')
  if (request.getMethod() !== 'PATCH' || offset === undefined || Number(offset) + BODY_BYTES < file.size) return
  const known = await digest
  if (known === null) throw new Error('the file cannot be read')
  request.setHeader('Repr-Digest', `sha-256=:${known}:`)
}

function metadataOf({ path, modified, provenance }: KeptFile): Record<string, string> {
  const { origin, camera, giver, legalBasis, clockOffsetMs } = provenance
  return {
    path,
    provenance: origin,
    ...(camera === null ? {} : { camera, cameraSource: 'operator' }),
    ...(giver === null ? {} : { giver }),
    ...(legalBasis === null ? {} : { legalBasis }),
    ...(clockOffsetMs === null ? {} : { clockOffsetMs: String(clockOffsetMs) }),
    clocks: JSON.stringify([{ source: 'file modification time', at: modified }]),
  }
}

function endOf(error: Error): Ended {
  const answer = error instanceof DetailedError ? error.originalResponse : null
  if (answer === null) return { is: 'waits', because: 'network' }
  return endOfAnswer(answer.getStatus(), codeIn(answer.getBody()))
}

/** What an answer of the installation means for an upload. A HEAD has no body, and so no code. */
function endOfAnswer(status: number, code: string | null): Ended {
  if (status === 401) return { is: 'waits', because: 'signed-out' }
  if (status === 404 || status === 410) return { is: 'gone' }
  if (status === 423) return { is: 'waits', because: 'in-use' }
  if (status === 507) return { is: 'waits', because: 'storage-full' }
  if ([0, 408, 409, 429].includes(status) || (status >= 500 && code !== 'storage-damaged'))
    return { is: 'waits', because: status === 0 ? 'network' : 'busy' }
  return { is: 'refused', code: code ?? 'unknown' }
}

function codeIn(body: string): string | null {
  try {
    const said: unknown = JSON.parse(body)
    return typeof said === 'object' && said !== null && 'error' in said && typeof said.error === 'string'
      ? said.error
      : null
  } catch {
    return null
  }
}

/** How many bytes the installation has; null where it does not say. */
export async function standingOf(upload: string): Promise<number | null> {
  try {
    const headers = { 'tus-resumable': '1.0.0' }
    const answer = await fetch(upload, { method: 'HEAD', credentials: 'same-origin', headers })
    const offset = answer.headers.get('upload-offset')
    return answer.ok && offset !== null ? Number(offset) : null
  } catch {
    return null
  }
}

/** The receipt of what was sent; null while the log has not taken it in. */
export async function receiptOf(upload: string): Promise<{ recording: string; receipt: string } | 'not-yet' | Ended> {
  try {
    const answer = await fetch(`${upload}/receipt`, {
      credentials: 'same-origin',
      headers: { 'accept-language': chosenLanguage() },
    })
    const text = await answer.text()
    const recording = answer.headers.get('vidne-recording')
    if (answer.status === 200 && recording !== null) return { recording, receipt: text }
    if (answer.status === 202) return 'not-yet'
    return endOfAnswer(answer.status, codeIn(text))
  } catch {
    return { is: 'waits', because: 'network' }
  }
}

/** Removes what had come of a file that is not sealed. True when nothing of it is there any more. */
export async function removeUpload(upload: string): Promise<boolean> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const status = await askRemoval(upload)
    // The connection that was just cut may still be known there.
    if (status !== 423) return status === 404 || status === 410 || (status >= 200 && status < 300)
    await new Promise(done => setTimeout(done, 1000))
  }
  return false
}

const MOST_TRIES = 20

async function askRemoval(upload: string): Promise<number> {
  try {
    const headers = { 'tus-resumable': '1.0.0' }
    return (await fetch(upload, { method: 'DELETE', credentials: 'same-origin', headers })).status
  } catch {
    return 0
  }
}
