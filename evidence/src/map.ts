import { DatedMap } from './dated-map.ts'
import type { MapProof } from './map-proof.ts'

/**
 * The map from labels to commitments as it is now: insert-only, the first commitment of a label wins. Roots and proofs are
 * those of `DatedMap`, asked about the present.
 */
export class LabelMap {
  readonly #map = new DatedMap()

  /** How many labels it holds. */
  get size(): number {
    return this.#map.labels
  }

  /** Adds a label (both 32 bytes). A label it has already is left as it is and reported: `duplicate` is public misconduct. */
  insert(label: Uint8Array, commitment: Uint8Array): 'new' | 'duplicate' {
    return this.#map.insert(label, commitment, this.size)
  }

  /** The commitment of a label, or null when the map does not hold it. */
  get(label: Uint8Array): Uint8Array | null {
    return this.#map.get(label)
  }

  /** The root over everything inserted so far; hashes only what changed since it was last asked for. */
  root(): Uint8Array {
    return this.#map.rootAt(this.size)
  }

  /** The proof, under the present root, that a label (32 bytes) is in the map or is not. */
  prove(label: Uint8Array): MapProof {
    return this.#map.proveAt(label, this.size)
  }
}
