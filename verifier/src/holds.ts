import type { Json } from '@vidne/evidence/jcs'

/** Which holds are open, as far as a history discloses it; one whose name is withheld still counts. */
export class Holds {
  readonly #open = new Set<string>()
  readonly #names = new Set<string>()
  #unnamed = 0

  get open(): number {
    return this.#open.size + this.#unnamed
  }

  /** False when the very hold was placed before. */
  placed(name: Json | undefined): boolean {
    if (typeof name !== 'string') {
      this.#unnamed++
      return true
    }
    if (this.#names.has(name)) return false
    this.#names.add(name)
    this.#open.add(name)
    return true
  }

  /** False when there is no such hold to lift, or it was lifted before. */
  released(name: Json | undefined): boolean {
    if (typeof name === 'string' && this.#open.delete(name)) return true
    if (typeof name === 'string' && (this.#names.has(name) || this.#unnamed <= 0)) return false
    if (this.open === 0) return false
    if (typeof name === 'string') this.#names.add(name)
    this.#unnamed--
    return true
  }
}
