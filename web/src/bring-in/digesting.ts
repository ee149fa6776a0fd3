/**
 * The SHA-256 of a file in base64, made off the page's own thread. Sent along with its last bytes, so that half of one file and half of
 * another, which has the same name, length and date, are never sealed as one. Null where the file cannot be read.
 */
export function digestOf(file: File): Promise<string | null> {
  return new Promise(found => {
    const worker = new Worker(new URL('./digest-worker.ts', import.meta.url), { type: 'module' })
    const done = (digest: Uint8Array | null) => {
      worker.terminate()
      found(digest === null ? null : btoa(String.fromCharCode(...digest)))
    }
    worker.onmessage = ({ data }: MessageEvent<Uint8Array | null>) => done(data)
    worker.onerror = () => done(null)
    worker.postMessage(file)
  })
}
