import { randomBytes, sha256 } from '#crypto'
import { fromHex, toHex, utf8 } from './bytes.ts'
import { isEventType } from './event-types.ts'
import type { EventType } from './event-types.ts'
import { canonicalize } from './jcs.ts'
import type { Json } from './jcs.ts'
import { encodeManifest } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import { canonicalValue, FormatRefused, hex32, integer, list, matching, members, oneOf, writable } from './shape.ts'

/** One thing an event says, hidden behind its digest until someone discloses it. `salt`: 32 bytes in hexadecimal. */
export type Field = { name: string; value: Json; salt: string }

/** What every reader of a history sees of an event. All digests are 32 bytes in hexadecimal, `at` is UTC epoch milliseconds. */
export type EventCore = {
  v: 1
  log: string
  seq: number
  prev: string
  next: string
  at: number
  type: EventType
  pol: string
  d: string[]
}

/** An event with its salt and with those fields that this reader may see; `core.d` commits to all of them. */
export type OpenEvent = { core: EventCore; salt: string; fields: Field[] }

/** A policy digest of 32 zero bytes: no policy was in force yet. */
export const NO_POLICY: Uint8Array = new Uint8Array(32)

const GENESIS = utf8('vidne/genesis/v1\0')
const CAPTURE = utf8('vidne/capture/v1\0')
const FIELD = utf8('vidne/field/v1\0')
const EVENT = utf8('vidne/event/v1\0')

const FIELD_NAME = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/
const MOST_FIELDS = 1024

/** Which log an event belongs to: SHA-256 of the log's origin line. */
export function logId(origin: string): Uint8Array {
  return sha256(utf8(origin))
}

/** The identity of a recording: SHA-256("vidne/capture/v1\0" ‖ JCS(manifest)). Throws FormatRefused for a wrong manifest. */
export function captureId(manifest: Manifest): Uint8Array {
  return sha256(CAPTURE, utf8(encodeManifest(manifest)))
}

/** The label of the first event of a chain: SHA-256("vidne/genesis/v1\0" ‖ log ‖ captureId). */
export function genesisLabel(log: Uint8Array, captureId: Uint8Array): Uint8Array {
  return sha256(GENESIS, log, captureId)
}

/** What `core.d` holds for a field: SHA-256("vidne/field/v1\0" ‖ salt ‖ JCS([name,value])) in hexadecimal. */
export function fieldDigest(field: Field): string {
  return toHex(sha256(FIELD, fromHex(field.salt), utf8(canonicalize([field.name, field.value]))))
}

/** What the log holds for an event: SHA-256("vidne/event/v1\0" ‖ salt ‖ JCS(core)). */
export function commitment(event: { core: EventCore; salt: string }): Uint8Array {
  return sha256(EVENT, fromHex(event.salt), utf8(canonicalize(event.core)))
}

/** The labels of a chain's events in order, and behind them the label that its next event will have. */
export function chainLabels(log: Uint8Array, captureId: Uint8Array, events: readonly OpenEvent[]): Uint8Array[] {
  return [genesisLabel(log, captureId), ...events.map(event => fromHex(event.core.next))]
}

/**
 * Makes an event with fresh salts and a fresh label for its successor. `prev` is the commitment of the event before it, for
 * seq 0 the capture id; `at` is UTC epoch milliseconds. Throws FormatRefused when the parts do not make a valid event.
 */
export function makeEvent(
  parts: {
    log: Uint8Array
    seq: number
    prev: Uint8Array
    at: number
    type: EventType
    pol: Uint8Array
    fields: { name: string; value: Json }[]
  },
  random: (bytes: number) => Uint8Array = randomBytes,
): { event: OpenEvent; commitment: Uint8Array; next: Uint8Array } {
  const next = random(32)
  const salt = toHex(random(32))
  const fields = parts.fields.map((field, index) =>
    parseField({ ...field, salt: toHex(random(32)) }, `fields[${index}]`),
  )
  const { seq, at, type } = parts
  const [log, prev, pol] = [toHex(parts.log), toHex(parts.prev), toHex(parts.pol)]
  const d = fields.map(fieldDigest).sort()
  const event = parseOpenEvent({ core: { v: 1, log, seq, prev, next: toHex(next), at, type, pol, d }, salt, fields })
  return { event, commitment: commitment(event), next }
}

/** The same event showing only the fields that `shown` lets through. Its commitment does not change. */
export function disclose(event: OpenEvent, shown: (name: string) => boolean): OpenEvent {
  return { ...event, fields: event.fields.filter(field => shown(field.name)) }
}

/** Whether every field the event commits to is disclosed in it. */
export function isFullyOpen(event: OpenEvent): boolean {
  return event.fields.length === event.core.d.length
}

/** An event core from an untrusted value. Throws FormatRefused. */
export function parseEventCore(value: Json): EventCore {
  const read = members(value, ['v', 'log', 'seq', 'prev', 'next', 'at', 'type', 'pol', 'd'], 'core')
  if (!isEventType(read.type)) throw new FormatRefused('wrong-value', 'core.type')
  const d = list(read.d, 'core.d', MOST_FIELDS).map((digest, at) => hex32(digest, `core.d[${at}]`))
  // Strictly rising: sorted, and no field committed to twice.
  if (d.some((digest, at) => at > 0 && digest <= (d[at - 1] ?? ''))) throw new FormatRefused('not-sorted', 'core.d')
  return {
    v: oneOf(read.v, [1], 'core.v'),
    log: hex32(read.log, 'core.log'),
    seq: integer(read.seq, 'core.seq'),
    prev: hex32(read.prev, 'core.prev'),
    next: hex32(read.next, 'core.next'),
    at: integer(read.at, 'core.at'),
    type: read.type,
    pol: hex32(read.pol, 'core.pol'),
    d,
  }
}

/** An opened event from an untrusted value: each field disclosed must be one that the core commits to. Throws FormatRefused. */
export function parseOpenEvent(value: Json): OpenEvent {
  const read = members(value, ['core', 'salt', 'fields'], 'event')
  const core = parseEventCore(read.core)
  const fields = list(read.fields, 'fields', MOST_FIELDS).map((field, at) => parseField(field, `fields[${at}]`))
  const committed = new Set(core.d)
  const names = new Set<string>()
  for (const field of fields) {
    if (names.has(field.name)) throw new FormatRefused('duplicate-field', `fields.${field.name}`)
    names.add(field.name)
    if (!committed.has(fieldDigest(field))) throw new FormatRefused('field-not-committed', `fields.${field.name}`)
  }
  return { core, salt: hex32(read.salt, 'event.salt'), fields }
}

/** The text that carries an opened event in a package: JCS of `{v:1,core,salt,fields}`. */
export function encodeOpenEvent(event: OpenEvent): string {
  const { core, salt, fields } = parseOpenEvent(event)
  return canonicalize({ v: 1, core, salt, fields })
}

/** An opened event from the text that carries it. Throws FormatRefused. */
export function decodeOpenEvent(text: string): OpenEvent {
  const { v, ...event } = members(canonicalValue(text, 'event'), ['v', 'core', 'salt', 'fields'], 'event')
  oneOf(v, [1], 'event.v')
  return parseOpenEvent(event)
}

function parseField(value: Json, where: string): Field {
  const read = members(value, ['name', 'value', 'salt'], where)
  return {
    name: matching(read.name, FIELD_NAME, `${where}.name`),
    value: writable(read.value, `${where}.value`),
    salt: hex32(read.salt, `${where}.salt`),
  }
}
