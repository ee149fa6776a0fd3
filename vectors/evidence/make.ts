import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fromUtf8, toHex, utf8 } from '@vidne/evidence/bytes'
import {
  captureId,
  chainLabels,
  commitment,
  encodeOpenEvent,
  fieldDigest,
  genesisLabel,
  logId,
} from '@vidne/evidence/event'
import { canonicalize } from '@vidne/evidence/jcs'
import type { Json } from '@vidne/evidence/jcs'
import { eventLeaf, mapRootLeaf, statementLeaf } from '@vidne/evidence/leaf'
import { LabelMap } from '@vidne/evidence/map'
import type { MapProof } from '@vidne/evidence/map-proof'
import { encodeManifest } from '@vidne/evidence/manifest'
import { packEvents } from '@vidne/evidence/package'
import { formatReceipt } from '@vidne/evidence/receipt'
import type { PublicStatement } from '@vidne/evidence/statement'
import { sampleDossier } from '@vidne/evidence/testing/sample-dossier'
import { sampleReceipt } from '@vidne/evidence/testing/sample-receipt'
import { OTHER_LOG_SKEY, seededRandom, TEST_ORIGIN, TEST_POLICY } from '@vidne/evidence/testing/small-log'

// Writes the golden vectors of events, leaves, map, receipt and package. What they hold can never change: run it to add
// cases, and read the difference before keeping it. All that is random comes from a seed, so it writes the same every time.

/** The text of each vector file by its name. */
export async function makeVectors(): Promise<Map<string, string>> {
  const made: [string, unknown][] = [
    ['jcs.json', jcsVectors()],
    ['events.json', await eventVectors()],
    ['leaves.json', await leafVectors()],
    ['map.json', mapVectors()],
    ['receipts.json', await receiptVectors()],
    ['dossier.json', await packageVectors()],
  ]
  return new Map(made.map(([name, vectors]) => [name, `${JSON.stringify(vectors, null, 1)}\n`]))
}

function jcsVectors() {
  const values: Json[] = [
    null,
    [true, false],
    [0, -1, 9_007_199_254_740_991, -9_007_199_254_740_991],
    'Grüße, 警察 \u0000\u001f\u007f\u2028 "\\/ 😀',
    { '\uFB33': 1, '😀': 2, '10': 3, '9': 4, '': 5, __proto__x: 6 },
    { b: [{ d: 1, c: 2 }], a: {} },
  ]
  const refused: [string, string][] = [
    ['not-an-integer', '1.5'],
    ['not-an-integer', '9007199254740992'],
    ['not-an-integer', '1e400'],
    ['not-canonical', '1.0'],
    ['not-canonical', '-0'],
    ['not-canonical', '[1, 2]'],
    ['not-canonical', '{"b":1,"a":2}'],
    ['not-canonical', '{"a":1,"a":1}'],
    ['not-canonical', '"\\u0061"'],
    ['lone-surrogate', '"\\ud800"'],
    ['too-deep', '['.repeat(65) + ']'.repeat(65)],
    ['not-json', '{"a":1'],
    ['not-json', '\uFEFF1'],
  ]
  return {
    canonical: values.map(canonicalize).map(text => ({ text, utf8: toHex(utf8(text)) })),
    refused: refused.map(([because, text]) => ({ because, text })),
  }
}

async function eventVectors() {
  const { manifest, events } = (await sampleDossier('vectors/events')).dossier
  const log = logId(TEST_ORIGIN)
  const labels = chainLabels(log, captureId(manifest), events.map(({ event }) => event))
  const viewed = events.at(1)?.event
  if (viewed === undefined) throw new Error('the sample story has a second event')
  const { core, salt, fields } = viewed
  const text = encodeOpenEvent(viewed)
  return {
    origin: TEST_ORIGIN,
    log: toHex(log),
    manifest: encodeManifest(manifest),
    captureId: toHex(captureId(manifest)),
    genesisLabel: toHex(genesisLabel(log, captureId(manifest))),
    events: events.map(({ event }, seq) => ({
      text: encodeOpenEvent(event),
      label: toHex(labels[seq] ?? log),
      core: canonicalize(event.core),
      fieldDigests: event.fields.map(field => ({ name: field.name, digest: fieldDigest(field) })),
      commitment: toHex(commitment(event)),
    })),
    refused: [
      { because: 'field-not-committed fields.actor', text: text.replace('K. Sørensen', 'K. Hansen') },
      { because: 'unknown-member core.who', text: canonicalize({ v: 1, core: { ...core, who: 'x' }, salt, fields }) },
      { because: 'not-sorted core.d', text: canonicalize({ v: 1, core: { ...core, d: core.d.toReversed() }, salt, fields }) },
      { because: 'duplicate-field fields.actor', text: canonicalize({ v: 1, core, salt, fields: [...fields, ...fields] }) },
      { because: 'missing-member event.salt', text: canonicalize({ v: 1, core, fields }) },
      { because: 'wrong-value core.type', text: text.replace('"viewed"', '"glanced"') },
      { because: 'wrong-value event.v', text: text.replace(/"v":1}$/, '"v":2}') },
      { because: 'not-canonical event', text: `${text}\n` },
    ],
  }
}

async function leafVectors() {
  const { dossier, labels } = await sampleDossier('vectors/leaves')
  const { opened, policies, mapRoot, events } = dossier
  const [label, event] = [labels[0], events[0]?.event]
  const policy = policies[0]?.statement
  if (label === undefined || event === undefined || policy === undefined) throw new Error('the sample has all of these')
  const spaced = `04${toHex(utf8('{ "at": 1 }'))}`
  return {
    leaves: [
      { kind: 'event', leaf: toHex(eventLeaf(label, commitment(event))), label: toHex(label) },
      { kind: 'map-root', leaf: toHex(mapRootLeaf(mapRoot.root, 2 ** 40 + 7)), size: 2 ** 40 + 7 },
      ...[opened.statement, policy, ...otherStatements()].map(statement => ({
        kind: 'statement',
        leaf: toHex(statementLeaf(statement)),
        text: canonicalize(statement),
      })),
    ],
    refused: [
      { because: 'unknown-kind', leaf: '' },
      { because: 'unknown-kind', leaf: '03' },
      { because: 'wrong-length', leaf: '01'.repeat(64) },
      { because: 'wrong-length', leaf: '02'.repeat(42) },
      { because: 'size-too-large', leaf: `02${'00'.repeat(32)}${'ff'.repeat(8)}` },
      { because: 'not-a-statement', leaf: spaced },
      { because: 'not-a-statement', leaf: `04${toHex(utf8(canonicalize({ ...policy, pack: 'J. Hansen' })))}` },
    ],
  }
}

function otherStatements(): PublicStatement[] {
  const digest = 'ab'.repeat(32)
  return [
    { type: 'deletion-run', v: 1, at: 3, counts: [{ rule: 'uncategorised', items: 41 }] },
    { type: 'log-continued', v: 1, previous: { origin: 'a.example', size: 9, root: digest }, at: 4 },
    { type: 'key-enrolled', v: 1, role: 'witness', key: digest, at: 5 },
    { type: 'key-revoked', v: 1, role: 'map-checker', key: digest, at: 6 },
    { type: 'software-in-use', v: 1, version: '0.1.0', build: digest, at: 7 },
    { type: 'figures-published', v: 1, figures: digest, from: 1, until: 2, at: 8 },
  ]
}

function mapVectors() {
  const random = seededRandom('vectors/map')
  const map = new LabelMap()
  const labels = Array.from({ length: 8 }, () => random(32))
  const [first = random(32), second = random(32)] = labels
  // Two that part in their last bit only: the deepest branch there is.
  labels.push(first.with(31, (first[31] ?? 0) ^ 1))
  const inserts = labels.map((label, at) => {
    const value = random(32)
    map.insert(label, value)
    return { label: toHex(label), commitment: toHex(value), root: toHex(map.root()), size: at + 1 }
  })
  const absent = [random(32), second.with(31, (second[31] ?? 0) ^ 1), first.with(0, (first[0] ?? 0) ^ 0x80)]
  const proof = map.prove(first)
  const shown = (name: string, label: Uint8Array, claim: MapProof) => ({ name, label: toHex(label), proof: claim })
  return {
    emptyRoot: toHex(new LabelMap().root()),
    inserts,
    root: toHex(map.root()),
    present: labels.map((label, at) => ({ label: toHex(label), commitment: inserts[at]?.commitment, proof: map.prove(label) })),
    absent: absent.map(label => ({ label: toHex(label), proof: map.prove(label) })),
    refused: [
      { because: 'off-the-path', ...shown('the proof of another label', second, proof) },
      { because: 'wrong-root', ...shown('an empty map claimed', first, new LabelMap().prove(first)) },
      { because: 'malformed', ...shown('a bit left out', first, { ...proof, bits: proof.bits.slice(1) }) },
      { because: 'malformed', ...shown('bits in falling order', first, { ...proof, bits: proof.bits.toReversed() }) },
      { because: 'wrong-root', ...shown('another bit', first, { ...proof, bits: proof.bits.with(-2, 254) }) },
      {
        because: 'wrong-root',
        ...shown('another commitment', first, {
          ...proof,
          end: { kind: 'leaf', label: toHex(first), commitment: '00'.repeat(32) },
        }),
      },
    ],
  }
}

async function receiptVectors() {
  const { receipt, text } = await sampleReceipt('vectors/receipt')
  const { receipt: other } = await sampleReceipt('vectors/other')
  const foreign = await sampleReceipt('vectors/receipt', { origin: 'vidne.example/other', skeys: [OTHER_LOG_SKEY] })
  const viewed = await sampleReceipt('vectors/receipt', { type: 'viewed' })
  const changed = receipt.checkpoint.replace('\n11\n', '\n12\n')
  const { text: rehearsal, receipt: rehearsed } = await sampleReceipt('vectors/receipt', { mode: 'rehearsal' })
  const elsewhere = await sampleReceipt('vectors/receipt', { openedOrigin: 'vidne.example/other' })
  const { opened } = rehearsed
  const openedAs = (differing: Partial<typeof opened>) =>
    formatReceipt({ ...rehearsed, opened: { ...opened, ...differing } })
  const salted = { ...receipt.event, salt: '00'.repeat(32) }
  return {
    policy: TEST_POLICY,
    bytes: receipt.manifest.bytes,
    sha256: receipt.manifest.sha256,
    text,
    rehearsal,
    refused: [
      { because: 'unreadable', text: text.slice(0, -2) },
      { because: 'signer-unknown', text: foreign.text },
      { because: 'signature-wrong', text: formatReceipt({ ...receipt, checkpoint: changed }) },
      { because: 'other-recording', text: formatReceipt({ ...receipt, manifest: other.manifest }) },
      { because: 'not-in-log', text: formatReceipt({ ...receipt, event: salted }) },
      { because: 'not-in-log', text: formatReceipt({ ...receipt, index: receipt.index + 1 }) },
      { because: 'not-the-first-event', text: viewed.text },
      { because: 'rehearsal', text: rehearsal },
      { because: 'opening-wrong', text: openedAs({ statement: { ...opened.statement, mode: 'normal' } }) },
      { because: 'opening-wrong', text: openedAs(receipt.opened) },
      { because: 'opening-wrong', text: openedAs({ hashes: opened.hashes.slice(1) }) },
      { because: 'opening-wrong', text: elsewhere.text },
    ],
  }
}

async function packageVectors() {
  const { dossier } = await sampleDossier('vectors/package')
  const files = packEvents(dossier).map(({ name, bytes }) => [name, fromUtf8(bytes)])
  return { policy: TEST_POLICY, files: Object.fromEntries(files) }
}

if (import.meta.main) {
  for (const [name, text] of await makeVectors()) writeFileSync(join(import.meta.dirname, name), text)
}
