import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parsePolicy } from '@vidne/tlog/policy'
import { fromHex, toHex, utf8 } from '@vidne/evidence/bytes'
import {
  captureId,
  commitment,
  decodeOpenEvent,
  fieldDigest,
  genesisLabel,
  logId,
} from '@vidne/evidence/event'
import { canonicalize, JcsRefused, parseCanonical } from '@vidne/evidence/jcs'
import { parseLeaf } from '@vidne/evidence/leaf'
import { LabelMap } from '@vidne/evidence/map'
import { checkMapProof } from '@vidne/evidence/map-proof'
import { decodeManifest } from '@vidne/evidence/manifest'
import { packEvents, readDossier } from '@vidne/evidence/package'
import { checkReceipt } from '@vidne/evidence/receipt'
import { FormatRefused } from '@vidne/evidence/shape'
import { encodeStatement } from '@vidne/evidence/statement'
import { describe, expect, test } from 'vitest'
import { makeVectors } from './make.ts'

const stored = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8')
const vectors = (name: string) => JSON.parse(stored(name))

test('making the vectors again gives the same bytes: no format has moved', async () => {
  const made = await makeVectors()
  expect(made.size).toBe(6)
  for (const [name, text] of made) expect({ name, text }).toEqual({ name, text: stored(name) })
})

test('canonical texts are taken as they are, all others refused for the reason given', () => {
  const { canonical, refused } = vectors('jcs.json')
  for (const { text, utf8: hex } of canonical) {
    expect(canonicalize(parseCanonical(text))).toBe(text)
    expect(toHex(utf8(text))).toBe(hex)
  }
  for (const { because, text } of refused) {
    expect(() => parseCanonical(text)).toThrow(expect.objectContaining({ code: because, constructor: JcsRefused }))
  }
})

describe('events', () => {
  const { origin, log, manifest, captureId: capture, genesisLabel: genesis, events, refused } = vectors('events.json')

  test('of the chain have the ids, labels, digests and commitments written down', () => {
    expect(toHex(logId(origin))).toBe(log)
    expect(toHex(captureId(decodeManifest(manifest)))).toBe(capture)
    expect(toHex(genesisLabel(fromHex(log), fromHex(capture)))).toBe(genesis)
    let [label, prev] = [genesis, capture]
    for (const vector of events) {
      const event = decodeOpenEvent(vector.text)
      expect(canonicalize(event.core)).toBe(vector.core)
      expect(event.core.prev).toBe(prev)
      expect(vector.label).toBe(label)
      expect(event.fields.map(field => ({ name: field.name, digest: fieldDigest(field) }))).toEqual(vector.fieldDigests)
      expect(toHex(commitment(event))).toBe(vector.commitment)
      ;[label, prev] = [event.core.next, vector.commitment]
    }
    expect(events).toHaveLength(3)
  })

  test.each<{ because: string; text: string }>(refused)('are refused: $because', ({ because, text }) => {
    const [code, where] = because.split(' ')
    expect(() => decodeOpenEvent(text)).toThrow(expect.objectContaining({ code, where, constructor: FormatRefused }))
  })
})

test('leaves say what is written down, or are refused for the reason given', () => {
  const { leaves, refused } = vectors('leaves.json')
  for (const { kind, leaf, label, size, text } of leaves) {
    const parsed = parseLeaf(fromHex(leaf))
    expect(parsed.kind).toBe(kind)
    if (parsed.kind === 'event') expect(toHex(parsed.label)).toBe(label)
    if (parsed.kind === 'map-root') expect(parsed.size).toBe(size)
    if (parsed.kind === 'statement') expect(encodeStatement(parsed.statement)).toBe(text)
  }
  for (const { because, leaf } of refused) expect(parseLeaf(fromHex(leaf))).toEqual({ kind: 'refused', because })
})

test('the map has the roots and proofs written down', () => {
  const { emptyRoot, inserts, root, present, absent, refused } = vectors('map.json')
  const map = new LabelMap()
  expect(toHex(map.root())).toBe(emptyRoot)
  for (const { label, commitment: value, root: after } of inserts) {
    map.insert(fromHex(label), fromHex(value))
    expect(toHex(map.root())).toBe(after)
  }
  const shown = ({ label, proof }: { label: string; proof: never }) =>
    checkMapProof({ root: fromHex(root), label: fromHex(label), proof })
  for (const vector of present) expect(shown(vector)).toEqual({ present: fromHex(vector.commitment) })
  for (const vector of absent) expect(shown(vector)).toEqual({ absent: true })
  for (const vector of refused) expect({ [vector.name]: shown(vector) }).toEqual({ [vector.name]: { refused: vector.because } })
})

test('the receipt holds, and each broken one is refused for the reason given', async () => {
  const { policy: text, bytes, sha256, text: receipt, rehearsal, refused } = vectors('receipts.json')
  const [policy, expected] = [parsePolicy(text), { bytes, sha256: fromHex(sha256) }]
  expect(await checkReceipt({ text: receipt, policy, expected })).toMatchObject({ holds: true })
  expect(await checkReceipt({ text: rehearsal, policy, expected, rehearsal: true })).toMatchObject({ holds: true })
  for (const { because, text: broken } of refused) {
    expect(await checkReceipt({ text: broken, policy, expected })).toEqual({ holds: false, because })
  }
})

test('the files of the package make a dossier that packs into the same files', async () => {
  const { files } = vectors('dossier.json')
  const dossier = await readDossier(async name => (name in files ? utf8(files[name]) : null))
  const packed = packEvents(dossier)
  expect(packed.map(file => file.name)).toEqual(Object.keys(files))
  for (const { name, bytes } of packed) expect(bytes).toEqual(utf8(files[name]))
})
