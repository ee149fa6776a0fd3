import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { CameraFile } from './walk.ts'

/** What the agent remembers of a file: first its upload, so that a cut goes on; then its receipt, so that it is not sent twice. */
export type Remembered = { upload?: string; recording?: string; receipt?: string; sha256: string }

/** One file of JSON lines a server, appended and synced. A line that a power cut left half is passed over. */
export class Journal {
  readonly #path: string
  readonly #known: Map<string, Remembered>

  private constructor(path: string, known: Map<string, Remembered>) {
    this.#path = path
    this.#known = known
  }

  static async open(path: string): Promise<Journal> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    })
    return new Journal(path, new Map(text.split('\n').flatMap(readLine)))
  }

  /** Same name, length and time: taken for the same file, as far as sending it is concerned; never for wiping it. */
  find(camera: string | null, file: CameraFile): Remembered | null {
    return this.#known.get(keyOf(camera, file)) ?? null
  }

  async remember(camera: string | null, file: CameraFile, remembered: Remembered): Promise<void> {
    const key = keyOf(camera, file)
    this.#known.set(key, remembered)
    const handle = await open(this.#path, 'a', 0o600)
    try {
      await handle.write(`${JSON.stringify([key, remembered])}\n`)
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
    const said: unknown = value[1]
    if (typeof said !== 'object' || said === null || !('sha256' in said) || typeof said.sha256 !== 'string') return []
    const text = (name: string) => {
      const found = Object.entries(said).find(([key]) => key === name)?.[1]
      return typeof found === 'string' ? { [name]: found } : {}
    }
    return [[value[0], { sha256: said.sha256, ...text('upload'), ...text('recording'), ...text('receipt') }]]
  } catch {
    return []
  }
}
