import type { Database } from '../platform/database/door.ts'
import { countOpen } from './uploads-store.ts'

/** How long a count is believed. What is begun here meanwhile is added to it. */
const BELIEVED_MS = 2_000

/** How many uploads of an agency are begun and not finished: nearly, so that not every creation counts them all. */
export class OpenUploads {
  readonly #database: Database
  readonly #counts = new Map<string, { open: number; at: number }>()
  readonly #counting = new Map<string, Promise<number>>()

  constructor(database: Database) {
    this.#database = database
  }

  async of(agency: string): Promise<number> {
    const known = this.#counts.get(agency)
    if (known !== undefined && performance.now() - known.at < BELIEVED_MS) return known.open
    const counting = this.#counting.get(agency) ?? this.#count(agency)
    this.#counting.set(agency, counting)
    return counting
  }

  async #count(agency: string): Promise<number> {
    try {
      const open = await this.#database.asAgency(agency, countOpen)
      this.#counts.set(agency, { open, at: performance.now() })
      return open
    } finally {
      this.#counting.delete(agency)
    }
  }

  /** One more was begun. */
  more(agency: string): void {
    const known = this.#counts.get(agency)
    if (known !== undefined) known.open += 1
  }
}
