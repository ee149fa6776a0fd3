import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { anyText, mutated } from '../testing/arbitraries.ts'
import { someone } from '../testing/people.ts'
import type { Signatory } from '../testing/people.ts'
import { CheckpointRefused, formatCheckpoint, parseCheckpoint } from './checkpoint.ts'
import { KeyRefused, parseVerifierKey, signerFromKey } from './keys.ts'
import { EMPTY_ROOT } from './merkle.ts'
import {
  NoteRefused,
  addSignatures,
  formatNote,
  formatSignatureLine,
  openNote,
  parseNote,
  parseSignatureLine,
  signNote,
} from './note.ts'
import { PolicyRefused, groupMembers, parsePolicy, quorumMet } from './policy.ts'
import { ProofRefused, formatProof, parseProof } from './proof.ts'
import { BundleRefused, bundlePath, decodeBundle, encodeBundle, parseTilePath, tilePath } from './tiles.ts'
import { checkCheckpoint, checkProof } from './trusted-checkpoint.ts'

const RUNS = 3000
const CHECKPOINT = formatCheckpoint({ origin: 'example.com/log', size: 9, root: EMPTY_ROOT, extensions: [] })
let log: Signatory
let witness: Signatory
let lattice: Signatory
let note: string
let policy: string
let proof: string

beforeAll(async () => {
  log = await someone('example.com/log', 'ed25519')
  witness = await someone('w.example', 'cosignature-ed25519')
  lattice = await someone('example.com/log', 'cosignature-ml-dsa-44')
  note = await signNote(CHECKPOINT, [log.signer, witness.signer])
  policy = `# whom to trust\nlog ${log.vkey} https://log.example\nwitness w ${witness.vkey}\nwitness v ${lattice.vkey}\ngroup g any w v\nquorum g\n`
  proof = formatProof({
    extra: new Uint8Array([1, 2, 3]),
    index: 8,
    hashes: [EMPTY_ROOT, EMPTY_ROOT],
    checkpoint: note,
  })
})

/** Arbitrary text, and the valid one spoiled here and there. `valid` is asked late: it is made before the tests run. */
function around(valid: () => string): fc.Arbitrary<string> {
  return fc.oneof({ weight: 1, arbitrary: anyText }, { weight: 4, arbitrary: mutated(fc.constant(null).map(valid)) })
}

type Refusal = new (...args: never[]) => Error

/** What the text is read as; null for a refusal of the promised class. Anything else thrown fails the test. */
function readOr<T>(refusal: Refusal, read: () => T): T | null {
  try {
    return read()
  } catch (thrown) {
    if (thrown instanceof refusal) return null
    throw thrown
  }
}

describe('whatever it is given', () => {
  test('the note reader refuses it or writes it again to the letter', () => {
    const property = fc.property(
      around(() => note),
      text => {
        const read = readOr(NoteRefused, () => parseNote(text))
        if (read !== null) expect(formatNote(read)).toBe(text)
      },
    )
    fc.assert(property, { numRuns: RUNS })
  })

  test('the note reader treats bytes as it treats the text they spell', () => {
    const spoiled = fc.tuple(
      around(() => note).map(text => new TextEncoder().encode(text)),
      fc.nat(),
      fc.nat({ max: 255 }),
    )
    const property = fc.property(
      fc.oneof(
        fc.uint8Array(),
        spoiled.map(([bytes, at, value]) => withByte(bytes, at, value)),
      ),
      bytes => {
        const read = readOr(NoteRefused, () => parseNote(bytes))
        if (read !== null) expect(new TextEncoder().encode(formatNote(read))).toEqual(bytes)
      },
    )
    fc.assert(property, { numRuns: RUNS })
  })

  test('the reader of signature lines refuses it or writes it again to the letter', () => {
    const property = fc.property(
      around(() => formatSignatureLine(parseNote(note).signatures[1]!)),
      text => {
        const read = readOr(NoteRefused, () => parseSignatureLine(text))
        if (read !== null) expect(formatSignatureLine(read)).toBe(text)
        const added = readOr(NoteRefused, () => addSignatures(note, [text]))
        if (added !== null) expect(formatNote(parseNote(added))).toBe(added)
      },
    )
    fc.assert(property, { numRuns: RUNS })
  })

  test('opening a note either finds the very signatures of the real one or refuses', async () => {
    const keys = [log.key, witness.key]
    const property = fc.asyncProperty(
      around(() => note),
      async text => {
        const opened = await openNote(text, keys).catch((thrown: unknown) => {
          if (thrown instanceof NoteRefused) return null
          throw thrown
        })
        if (opened !== null) expect(opened.note.text).toBe(CHECKPOINT)
      },
    )
    await fc.assert(property, { numRuns: RUNS / 3 })
  })

  test('the checkpoint reader refuses it or writes it again to the letter', () => {
    const property = fc.property(
      around(() => CHECKPOINT),
      text => {
        const read = readOr(CheckpointRefused, () => parseCheckpoint(text))
        if (read !== null) expect(formatCheckpoint(read)).toBe(text)
      },
    )
    fc.assert(property, { numRuns: RUNS })
  })

  test('the reader of verifier keys refuses it or writes it again to the letter', () => {
    const vkeys = fc
      .constantFrom('log', 'witness', 'lattice')
      .chain(who => around(() => ({ log, witness, lattice })[who]!.vkey))
    const property = fc.property(vkeys, text => {
      const read = readOr(KeyRefused, () => parseVerifierKey(text))
      if (read !== null) expect(read.vkey).toBe(text)
    })
    fc.assert(property, { numRuns: RUNS })
  })

  test('the reader of secret keys refuses it or has the key whose name and ID it bears', async () => {
    const property = fc.asyncProperty(
      around(() => witness.skey),
      async text => {
        const read = await signerFromKey(text).catch((thrown: unknown) => {
          if (thrown instanceof KeyRefused) return null
          throw thrown
        })
        if (read !== null) expect(text).toBe(witness.skey)
      },
    )
    await fc.assert(property, { numRuns: RUNS / 3 })
  })

  test('the policy reader refuses it or has a quorum that all its cosigners meet', () => {
    const property = fc.property(
      around(() => policy),
      text => {
        const read = readOr(PolicyRefused, () => parsePolicy(text))
        if (read === null) return
        expect(read.text).toBe(text)
        expect(quorumMet(read, new Set(read.cosigners.keys()))).toBe(true)
        expect(quorumMet(read, new Set())).toBe(read.quorum === null)
        for (const group of read.groups.keys()) expect(groupMembers(read, group).size).toBeGreaterThan(0)
      },
    )
    fc.assert(property, { numRuns: RUNS })
  })

  test('the proof reader refuses it or writes it again to the letter', () => {
    const property = fc.property(
      around(() => proof),
      text => {
        const read = readOr(ProofRefused, () => parseProof(text))
        if (read !== null) expect(formatProof(read)).toBe(text)
      },
    )
    fc.assert(property, { numRuns: RUNS })
  })

  test('the check of checkpoints and proofs never throws and never takes a changed one', async () => {
    const trust = parsePolicy(policy)
    const property = fc.asyncProperty(
      around(() => note),
      around(() => proof),
      async (someNote, someProof) => {
        const trusted = await checkCheckpoint(someNote, trust)
        if (trusted.holds) expect(formatCheckpoint(trusted.checkpoint)).toBe(CHECKPOINT)
        expect((await checkProof(someProof, EMPTY_ROOT, trust)).holds).toBe(false)
      },
    )
    await fc.assert(property, { numRuns: RUNS / 3 })
  })

  test('the reader of tile paths refuses it or writes it again to the letter', () => {
    const paths = fc.constantFrom(
      'tile/0/x001/x234/067',
      'tile/63/999.p/255',
      'tile/entries/x001/000.p/1',
      'tile/entries/000',
    )
    const property = fc.property(fc.oneof(anyText, mutated(paths)), text => {
      const read = parseTilePath(text)
      if (read === null) return
      const again =
        read.kind === 'tile' ? tilePath(read.level, read.index, read.width) : bundlePath(read.index, read.width)
      expect(again).toBe(text)
    })
    fc.assert(property, { numRuns: RUNS })
  })

  test('the bundle reader refuses it or writes it again byte for byte', () => {
    const entries = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 6 })
    const spoiled = fc
      .tuple(entries, fc.nat(), fc.nat({ max: 255 }))
      .map(([made, at, value]) => withByte(encodeBundle(made), at, value))
    const property = fc.property(fc.oneof(fc.uint8Array(), spoiled), fc.integer({ min: 1, max: 8 }), (bytes, width) => {
      const read = readOr(BundleRefused, () => decodeBundle(bytes, width))
      if (read !== null) expect(encodeBundle(read)).toEqual(bytes)
    })
    fc.assert(property, { numRuns: RUNS })
  })

  test('a known key answers false to noise instead of a signature', async () => {
    const signature = fc.oneof(
      ...[0, 8, 64, 72, 2420, 2428].map(length => fc.uint8Array({ minLength: length, maxLength: length })),
      fc.uint8Array(),
    )
    const text = fc.oneof(fc.constant(new TextEncoder().encode(CHECKPOINT)), fc.uint8Array())
    const property = fc.asyncProperty(signature, text, async (noise, message) => {
      for (const { key } of [log, witness, lattice]) expect(await key.verify(message, noise)).toEqual({ holds: false })
    })
    await fc.assert(property, { numRuns: 300 })
  })
})

function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = new Uint8Array(bytes)
  if (copy.length > 0) copy[at % copy.length] = value
  return copy
}
