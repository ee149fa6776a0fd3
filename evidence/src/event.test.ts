import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from './bytes.ts'
import {
  captureId,
  chainLabels,
  commitment,
  decodeOpenEvent,
  disclose,
  encodeOpenEvent,
  fieldDigest,
  genesisLabel,
  isFullyOpen,
  logId,
  makeEvent,
  NO_POLICY,
  parseEventCore,
  parseOpenEvent,
} from './event.ts'
import type { OpenEvent } from './event.ts'
import type { Json } from './jcs.ts'
import { any32, anyJson, mutated, mutatedJson } from './testing/arbitrary.ts'
import { formatFault } from './testing/refusal.ts'
import { manifestOf } from './testing/sample-dossier.ts'
import { seededRandom } from './testing/small-log.ts'

// The formats once more, spelt with nothing of ours: what an outsider would write from docs/spec/events.md.
const byHand = (...parts: (string | Uint8Array)[]) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

const log = logId('vidne.example/vectors')
const fields = [
  { name: 'actor', value: 'K. Sørensen' },
  { name: 'range', value: [0, 60_000] },
  { name: 'purpose', value: 'case' },
]
const make = (seed = 'event', shown = fields) =>
  makeEvent(
    {
      log,
      seq: 3,
      prev: new Uint8Array(32).fill(7),
      at: 1_778_587_200_000,
      type: 'viewed',
      pol: NO_POLICY,
      fields: shown,
    },
    seededRandom(seed),
  )

describe('an event', () => {
  const { event, commitment: committed, next } = make()

  test('hashes as the specification spells it', () => {
    const manifest = manifestOf(new Uint8Array(10), new Uint8Array(32).fill(1))
    const { v, salt, level, bytes, sha256, pieces, media } = manifest
    const text = JSON.stringify({
      bytes,
      level,
      media,
      pieces: { count: pieces.count, root: pieces.root, size: pieces.size },
      salt,
      sha256,
      v,
    })
    expect(toHex(log)).toBe(byHand('vidne.example/vectors'))
    expect(toHex(captureId(manifest))).toBe(byHand('vidne/capture/v1\0', text))
    expect(toHex(genesisLabel(log, captureId(manifest)))).toBe(
      byHand('vidne/genesis/v1\0', log, fromHex(byHand('vidne/capture/v1\0', text))),
    )
    const [actor] = event.fields
    expect(fieldDigest(actor!)).toBe(byHand('vidne/field/v1\0', fromHex(actor!.salt), '["actor","K. Sørensen"]'))
    const { at, d, log: of, next: label, pol, prev, seq, type } = event.core
    const core = JSON.stringify({ at, d, log: of, next: label, pol, prev, seq, type, v: 1 })
    expect(toHex(committed)).toBe(byHand('vidne/event/v1\0', fromHex(event.salt), core))
  })

  test('names its successor and commits to every field, in order of their digests', () => {
    expect(event.core.next).toBe(toHex(next))
    expect(event.core.d).toEqual(event.fields.map(fieldDigest).sort())
    expect(isFullyOpen(event)).toBe(true)
  })

  test('made twice shares no salt, label or digest with the first', () => {
    const fresh = () => makeEvent({ log, seq: 0, prev: NO_POLICY, at: 1, type: 'sealed', pol: NO_POLICY, fields }).event
    const seen = [fresh(), fresh()].flatMap(({ core, salt, fields: open }) => [
      core.next,
      salt,
      ...core.d,
      ...open.map(field => field.salt),
    ])
    expect(new Set(seen).size).toBe(seen.length)
  })

  test('shows fewer fields to one reader than to another, under one commitment', () => {
    const shown = disclose(event, name => name === 'purpose')
    expect(shown.fields.map(field => field.name)).toEqual(['purpose'])
    expect(isFullyOpen(shown)).toBe(false)
    expect(commitment(decodeOpenEvent(encodeOpenEvent(shown)))).toEqual(committed)
  })

  test('gives the label of the event after it, and the first label comes from log and capture', () => {
    const capture = new Uint8Array(32).fill(9)
    expect(chainLabels(log, capture, [event])).toEqual([genesisLabel(log, capture), next])
  })

  test('comes back from the text that carries it, whatever its fields hold', () => {
    fc.assert(
      fc.property(fc.array(anyJson, { maxLength: 4 }), any32, (values, prev) => {
        const named = values.map((value, at) => ({ name: `f${at}`, value }))
        const made = makeEvent({ log, seq: 1, prev, at: 0, type: 'annotated', pol: NO_POLICY, fields: named })
        const text = encodeOpenEvent(made.event)
        expect(encodeOpenEvent(decodeOpenEvent(text))).toBe(text)
        expect(commitment(decodeOpenEvent(text))).toEqual(made.commitment)
      }),
    )
  })
})

describe('an event is refused', () => {
  const { event } = make()
  const fault = (changed: Json) => formatFault(() => parseOpenEvent(changed))
  const core = (change: Record<string, Json>) => formatFault(() => parseEventCore({ ...event.core, ...change }))

  test('when a field shown is not one it commits to: other value, other name, other salt', () => {
    const [first, ...rest] = event.fields
    for (const change of [{ value: 'K. Hansen' }, { name: 'witness' }, { salt: '00'.repeat(32) }]) {
      const name = change.name ?? 'actor'
      expect(fault({ ...event, fields: [{ ...first!, ...change }, ...rest] })).toBe(
        `field-not-committed fields.${name}`,
      )
    }
  })

  test('when a field is shown twice, or two fields have one name', () => {
    const [first] = event.fields
    expect(fault({ ...event, fields: [first!, first!] })).toBe('duplicate-field fields.actor')
    const twice = [...fields, { name: 'actor', value: 'another' }]
    expect(formatFault(() => make('twice', twice))).toBe('duplicate-field fields.actor')
  })

  test('when its digests are unsorted or repeated', () => {
    expect(core({ d: event.core.d.toReversed() })).toBe('not-sorted core.d')
    expect(core({ d: [event.core.d[0]!, event.core.d[0]!] })).toBe('not-sorted core.d')
  })

  test('when it has an unknown member, or lacks one', () => {
    expect(core({ actor: 'x' })).toBe('unknown-member core.actor')
    expect(fault({ ...event, note: 'x' })).toBe('unknown-member event.note')
    expect(fault({ ...event, fields: [{ ...event.fields[0]!, hint: 1 }] })).toBe('unknown-member fields[0].hint')
    const { pol: _, ...without } = event.core
    expect(formatFault(() => parseEventCore(without))).toBe('missing-member core.pol')
  })

  test.each<[string, Json]>([
    ['v', 2],
    ['seq', -1],
    ['seq', 1.5],
    ['at', '1778587200000'],
    ['type', 'forgotten'],
    ['type', 'constructor'],
    ['log', 'AA'.repeat(32)],
    ['prev', '00'],
    ['next', null],
    ['pol', 'uk-met'],
    ['d', {}],
  ])('when core.%s is %j', (name, value) => {
    expect(core({ [name]: value })).toBe(`wrong-value core.${name}`)
  })

  test('when its text is not canonical', () => {
    const text = encodeOpenEvent(event)
    expect(formatFault(() => decodeOpenEvent(` ${text}`))).toBe('not-canonical event')
    expect(formatFault(() => decodeOpenEvent(text.replace('"v":1}', '"v":1,"v":1}')))).toBe('not-canonical event')
    expect(formatFault(() => decodeOpenEvent(text.replace(/"v":1}$/, '"v":2}')))).toBe('wrong-value event.v')
  })

  test('when the maker gives what cannot be written', () => {
    const bad: Json[] = [0.5, '\uD800', { x: 2 ** 53 }]
    for (const value of bad) {
      expect(formatFault(() => make('bad', [{ name: 'x', value } as never]))).toBe('not-canonical fields[0].value')
    }
    expect(formatFault(() => make('bad', [{ name: 'no spaces', value: 1 } as never]))).toBe(
      'wrong-value fields[0].name',
    )
  })

  test('by name, never by another error, whatever is offered', () => {
    const text = encodeOpenEvent(event)
    const judged = (value: OpenEvent | Json) => fault(value) !== ''
    fc.assert(fc.property(fc.oneof(anyJson, mutatedJson(event)), judged), { numRuns: 3000 })
    fc.assert(
      fc.property(mutated(text), changed => {
        formatFault(() => expect(encodeOpenEvent(decodeOpenEvent(changed))).toBe(changed))
      }),
      { numRuns: 3000 },
    )
  })
})
