import fc from 'fast-check'
import { parseCheckpoint } from '@vidne/tlog/checkpoint'
import { checkInclusion, leafHash } from '@vidne/tlog/merkle'
import { parseNote } from '@vidne/tlog/note'
import { formatProof, parseProof } from '@vidne/tlog/proof'
import { beforeAll, describe, expect, test } from 'vitest'
import { fromUtf8, toHex, utf8 } from './bytes.ts'
import { captureId, chainLabels, commitment, disclose, logId } from './event.ts'
import { canonicalize } from './jcs.ts'
import { eventLeaf, mapRootLeaf, statementLeaf } from './leaf.ts'
import { checkMapProof } from './map-proof.ts'
import { packEvents, policyDigest, readDossier } from './package.ts'
import type { Dossier } from './package.ts'
import { DossierRefused } from './package-files.ts'
import { eventName, mediaName, PACKAGE_FILE, policyName, policyProofName } from './package-names.ts'
import { mutated } from './testing/arbitrary.ts'
import { sampleDossier, SAMPLE_POLICY } from './testing/sample-dossier.ts'
import { TEST_ORIGIN } from './testing/small-log.ts'

let dossier: Dossier
let files: Map<string, Uint8Array>
beforeAll(async () => {
  ;({ dossier } = await sampleDossier('package'))
  files = new Map(packEvents(dossier).map(({ name, bytes }) => [name, bytes]))
})

const read = (from: ReadonlyMap<string, Uint8Array>) => readDossier(async name => from.get(name) ?? null)
const refusal = async (changed: ReadonlyMap<string, Uint8Array>) => {
  try {
    await read(changed)
    return 'accepted'
  } catch (error) {
    if (error instanceof DossierRefused) return `${error.code} ${error.where}`
    throw error
  }
}
const withFile = (name: string, bytes: Uint8Array | string) =>
  new Map(files).set(name, typeof bytes === 'string' ? utf8(bytes) : bytes)
const without = (name: string) => new Map([...files].filter(([kept]) => kept !== name))
const proofWith = (name: string, change: { extra?: Uint8Array | null; checkpoint?: string }) =>
  withFile(name, formatProof({ ...parseProof(fromUtf8(files.get(name)!)), ...change }))
const digest = policyDigest(SAMPLE_POLICY)

describe('a dossier', () => {
  test('is packed into the files a package names, and read from them again', async () => {
    expect([...files.keys()]).toEqual([
      'data/manifest.json',
      'events/0000.tlog-proof',
      'events/0001.tlog-proof',
      'events/0002.tlog-proof',
      'log/checkpoint',
      'log/map.json',
      'log/map-root.tlog-proof',
      'log/opened.tlog-proof',
      `policy/${digest}.json`,
      `policy/${digest}.tlog-proof`,
    ])
    expect(await read(files)).toEqual(dossier)
  })

  test('read back proves what it says, with nothing but the checkpoint', async () => {
    const { manifest, checkpoint, events, mapRoot, map, opened, policies } = await read(files)
    const { origin, size, root } = parseCheckpoint(parseNote(checkpoint).text)
    expect(origin).toBe(TEST_ORIGIN)
    const labels = chainLabels(
      logId(origin),
      captureId(manifest),
      events.map(({ event }) => event),
    )
    const leaves = [
      ...events.map((placed, seq) => ({ ...placed, leaf: eventLeaf(labels[seq]!, commitment(placed.event)) })),
      { ...mapRoot, leaf: mapRootLeaf(mapRoot.root, mapRoot.coveredSize) },
      { ...opened, leaf: statementLeaf(opened.statement) },
      ...policies.map(policy => ({ ...policy, leaf: statementLeaf(policy.statement) })),
    ]
    for (const { leaf, index, hashes } of leaves) {
      expect(checkInclusion({ leafHash: leafHash(leaf), index, size, root, proof: hashes })).toEqual({ holds: true })
    }
    for (const [seq, { event }] of events.entries()) {
      const verdict = checkMapProof({ root: mapRoot.root, label: labels[seq]!, proof: map.presence[seq]! })
      expect(verdict).toEqual({ present: commitment(event) })
    }
    expect(checkMapProof({ root: mapRoot.root, label: labels.at(-1)!, proof: map.absence })).toEqual({ absent: true })
  })

  test('shows one reader fewer fields than another, and still proves', async () => {
    const events = dossier.events.map(placed => ({
      ...placed,
      event: disclose(placed.event, name => name !== 'actor'),
    }))
    const partial = new Map(packEvents({ ...dossier, events }).map(({ name, bytes }) => [name, bytes]))
    expect(fromUtf8(parseProof(fromUtf8(partial.get(eventName(1))!)).extra!)).not.toContain('Sørensen')
    const again = await read(partial)
    expect(again.events.map(({ event }) => toHex(commitment(event)))).toEqual(
      dossier.events.map(({ event }) => toHex(commitment(event))),
    )
  })

  test('keeps to its order beyond ten thousand events', () => {
    expect(eventName(7)).toBe('events/0007.tlog-proof')
    expect(eventName(12_345)).toBe('events/12345.tlog-proof')
    expect(mediaName('mp4')).toBe('data/media/recording.mp4')
  })
})

describe('files that make no dossier are refused by name', () => {
  test('when one is missing', async () => {
    const needed = [...files.keys()].filter(name => !/events\/000[12]/.test(name))
    for (const name of needed) expect(await refusal(without(name))).toBe(`missing ${name}`)
  })

  test('when an event was taken out of the middle or off the end', async () => {
    expect(await refusal(without(eventName(1)))).toBe(`wrong-count ${PACKAGE_FILE.map}`)
    expect(await refusal(without(eventName(2)))).toBe(`wrong-count ${PACKAGE_FILE.map}`)
  })

  test('when a proof stands under another checkpoint', async () => {
    const other = (await sampleDossier('another')).dossier.checkpoint
    for (const name of [eventName(1), PACKAGE_FILE.mapRoot, PACKAGE_FILE.opened, policyProofName(digest)]) {
      expect(await refusal(proofWith(name, { checkpoint: other }))).toBe(`other-checkpoint ${name}`)
    }
  })

  test('when a proof carries nothing, or the wrong kind of leaf', async () => {
    const mapLeaf = mapRootLeaf(dossier.mapRoot.root, dossier.mapRoot.coveredSize)
    expect(await refusal(proofWith(PACKAGE_FILE.mapRoot, { extra: null }))).toBe(`not-a-proof ${PACKAGE_FILE.mapRoot}`)
    expect(await refusal(proofWith(PACKAGE_FILE.opened, { extra: mapLeaf }))).toBe(`wrong-leaf ${PACKAGE_FILE.opened}`)
    const opening = statementLeaf(dossier.opened.statement)
    expect(await refusal(proofWith(PACKAGE_FILE.mapRoot, { extra: opening }))).toBe(
      `wrong-leaf ${PACKAGE_FILE.mapRoot}`,
    )
    const proofName = policyProofName(digest)
    expect(await refusal(proofWith(proofName, { extra: opening }))).toBe(`wrong-leaf ${proofName}`)
    const other = statementLeaf({ ...dossier.policies[0]!.statement, policy: '00'.repeat(32) })
    expect(await refusal(proofWith(proofName, { extra: other }))).toBe(`wrong-leaf ${proofName}`)
    expect(await refusal(proofWith(eventName(0), { extra: opening }))).toBe(`wrong-format ${eventName(0)}`)
  })

  test('when the policy is not the one the events name', async () => {
    const changed = canonicalize({ ...SAMPLE_POLICY, retention: [] })
    expect(await refusal(withFile(policyName(digest), changed))).toBe(`wrong-digest ${policyName(digest)}`)
    expect(await refusal(withFile(policyName(digest), '{ }'))).toBe(`wrong-format ${policyName(digest)}`)
  })

  test('when the map proofs cover another size than the map root', async () => {
    const map = { v: 1, size: 1, presence: dossier.map.presence, absence: dossier.map.absence }
    expect(await refusal(withFile(PACKAGE_FILE.map, canonicalize(map)))).toBe(`wrong-size ${PACKAGE_FILE.map}`)
  })

  test('when a file is no text', async () => {
    for (const name of files.keys()) {
      expect(await refusal(withFile(name, Uint8Array.of(0xff)))).toBe(`not-text ${name}`)
    }
  })

  test('whatever is changed in one of them, and never by another error', async () => {
    const change = fc
      .constantFrom(...files.keys())
      .chain(name => fc.tuple(fc.constant(name), mutated(fromUtf8(files.get(name)!))))
    await fc.assert(
      fc.asyncProperty(change, async ([name, changed]) => {
        const bytes = Buffer.from(changed)
        const again = await refusal(withFile(name, bytes))
        if (again !== 'accepted') return
        const packed = packEvents(await read(withFile(name, bytes))).find(file => file.name === name)
        expect(Buffer.from(packed!.bytes).toString()).toBe(bytes.toString())
      }),
      { numRuns: 1000 },
    )
  })
})
