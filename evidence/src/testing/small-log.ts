import { formatCheckpoint } from '@vidne/tlog/checkpoint'
import { signerFromKey } from '@vidne/tlog/keys'
import { inclusionPath, leafHash, treeRoot } from '@vidne/tlog/merkle'
import { signNote } from '@vidne/tlog/note'
import { concat, u64, utf8 } from '../bytes.ts'
import { sha256 } from '../crypto.node.ts'
import { eventLeaf, fillerLeaf, mapRootLeaf, parseLeaf } from '../leaf.ts'
import { LabelMap } from '../map.ts'
import type { Place } from '../package-files.ts'

// Keys for tests and vectors, published on purpose: they must never speak for a real log.
export const TEST_ORIGIN = 'vidne.example/vectors'
export const TEST_LOG_SKEY = 'PRIVATE+KEY+vidne.example/vectors+55756d4c+AUnZhhaYHx0+MlRuHeespwZLjM+6ksW8L1tROFKRhcJh'
export const TEST_LOG_VKEY = 'vidne.example/vectors+55756d4c+AelLwwrSAUiBcNvORrkGiR8x6bGPAgWZJvsVnvEka4lW'
export const OTHER_LOG_SKEY = 'PRIVATE+KEY+vidne.example/other+00916a5c+Af46zL9OcHdHHwVEUIYSDjnH1tG7ashEP9L+fk3BJNOC'
export const OTHER_LOG_VKEY = 'vidne.example/other+00916a5c+AVMli7g+0+IxYueSLLAxKdSLvn1nogAhgwgaPlRfMPfJ'
export const TEST_WITNESS_SKEY = 'PRIVATE+KEY+witness.example+5c6005e5+BIz6vRK6ynmqfkyNmFHpQdCQlX1nADzw490469Ofdoyb'
export const TEST_WITNESS_VKEY = 'witness.example+5c6005e5+BAizk4bBpb8XOCApn4Jfmho6O7i9MxZsLc1MKOkTZIjg'

/** Trusts the test log and the test witness, and demands no countersignature. */
export const TEST_POLICY = `log ${TEST_LOG_VKEY}\nwitness press ${TEST_WITNESS_VKEY}\nquorum none\n`

/** 12 May 2026 12:00 UTC, when the tests begin. */
export const TEST_START = 1_778_587_200_000

/** Bytes that look random and are the same for the same seed: block n is SHA-256(seed ‖ u64 n). */
export function seededRandom(seed: string): (bytes: number) => Uint8Array {
  let block = 0
  return bytes => {
    const blocks = Array.from({ length: Math.ceil(bytes / 32) }, () => sha256(utf8(seed), u64(block++)))
    return concat(...blocks).slice(0, bytes)
  }
}

/** A log of a few leaves in memory, with its map, that signs checkpoints and proves places. */
export class SmallLog {
  readonly map = new LabelMap()
  readonly #random: (bytes: number) => Uint8Array
  readonly #leafHashes: Uint8Array[] = []

  constructor(seed: string) {
    this.#random = seededRandom(seed)
  }

  get size(): number {
    return this.#leafHashes.length
  }

  /** Appends a leaf and gives its index. */
  append(leaf: Uint8Array): number {
    const parsed = parseLeaf(leaf)
    if (parsed.kind === 'event') this.map.insert(parsed.label, parsed.commitment)
    return this.#leafHashes.push(leafHash(leaf)) - 1
  }

  appendEvent(label: Uint8Array, commitment: Uint8Array): number {
    return this.append(eventLeaf(label, commitment))
  }

  appendFillers(count: number): void {
    for (let made = 0; made < count; made++) this.append(fillerLeaf(this.#random))
  }

  appendMapRoot(): { index: number; root: Uint8Array; coveredSize: number } {
    const [root, coveredSize] = [this.map.root(), this.size]
    return { root, coveredSize, index: this.append(mapRootLeaf(root, coveredSize)) }
  }

  place(index: number): Place {
    return { index, hashes: inclusionPath(this.#leafHashes, index) }
  }

  /** The checkpoint over all leaves so far, signed by the keys given (the log's own, unless told). */
  async checkpoint(skeys: readonly string[] = [TEST_LOG_SKEY], origin = TEST_ORIGIN): Promise<string> {
    const signers = await Promise.all(skeys.map(skey => signerFromKey(skey, () => TEST_START)))
    const text = formatCheckpoint({ origin, size: this.size, root: treeRoot(this.#leafHashes), extensions: [] })
    return signNote(text, signers)
  }
}
