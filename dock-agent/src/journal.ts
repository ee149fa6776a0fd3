import { open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeFolder } from './folders.ts'
import type { CameraFile } from './walk.ts'

/**
 * What the agent remembers of a file: first its upload, so that a cut goes on; then its digest, recording and receipt, so that
 * it is not sent twice. `receipt` is the name of a file.
 */
export type Remembered =
  | { readonly state: 'sending'; readonly upload: string; readonly sha256: string | null }
  | { readonly state: 'docked'; readonly sha256: string; readonly recording: string; readonly receipt: string }

/** One file of JSON lines a server, appended and synced. A line that a power cut left half is passed over. */
export class Journal {
  readonly #path: string
  readonly #known: Map<string, Remembered>

  private constructor(path: string, known: Map<string, Remembered>) {
    this.#path = path
    this.#known = known
  }

  static async open(path: string): Promise<Journal> {
    await makeFolder(dirname(path))
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
      throw error
    })
    return new Journal(path, new Map(text.split('\n').flatMap(readLine)))
  }

  /**
   * What is remembered of a file of this camera with the same path, length and time. Names come again after a counter is reset:
   * before it counts as the same file its digest is compared.
   */
  find(camera: string | null, file: CameraFile): Remembered | null {
    return this.#known.get(keyOf(camera, file)) ?? null
  }

  /** On disk when it resolves. */
  async remember(camera: string | null, file: CameraFile, remembered: Remembered): Promise<void> {
    const key = keyOf(camera, file)
    this.#known.set(key, remembered)
    const handle = await open(this.#path, 'a', 0o600)
    try {
      // A line begins anew, whatever a power cut left at the end.
      await handle.write(`\n${JSON.stringify([key, remembered])}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
  }
}

function keyOf(camera: string | null, file: CameraFile): string {
  return [camera ?? '', file.path.toString('base64'), file.bytes, file.modifiedAt].join('|')
}

function readLine(line: string): [string, Remembered][] {
  try {
    const value: unknown = JSON.parse(line)
    if (!Array.isArray(value) || typeof value[0] !== 'string') return []
    const remembered = readRemembered(value[1])
    return remembered === null ? [] : [[value[0], remembered]]
  } catch {
    return []
  }
}

function readRemembered(value: unknown): Remembered | null {
  if (typeof value !== 'object' || value === null) return null
  const said = new Map<string, unknown>(Object.entries(value))
  const text = (name: string): string | null => {
    const found = said.get(name)
    return typeof found === 'string' ? found : null
  }
  const [upload, sha256, recording, receipt] = [text('upload'), text('sha256'), text('recording'), text('receipt')]
  if (said.get('state') === 'sending' && upload !== null) return { state: 'sending', upload, sha256 }
  if (said.get('state') !== 'docked' || sha256 === null || recording === null || receipt === null) return null
  return { state: 'docked', sha256, recording, receipt }
}
