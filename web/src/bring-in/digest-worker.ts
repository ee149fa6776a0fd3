import { sha256Stream } from '@vidne/evidence/sha256-stream.browser'

/** Reads a file once more, beside its sending, and answers its SHA-256; null where it cannot be read. */
self.onmessage = async ({ data: file }: MessageEvent<File>) => {
  self.postMessage(await digestOf(file).catch(() => null))
}

const CHUNK_BYTES = 4 * 1024 * 1024

async function digestOf(file: File): Promise<Uint8Array> {
  const hash = sha256Stream()
  for (let at = 0; at < file.size; at += CHUNK_BYTES)
    hash.update(new Uint8Array(await file.slice(at, at + CHUNK_BYTES).arrayBuffer()))
  return hash.digest()
}
