import { equalBytes, fromHex } from '@vidne/evidence/bytes'
import { commitment, genesisLabel, makeEvent, type OpenEvent } from '@vidne/evidence/event'
import type { EventType } from '@vidne/evidence/event-types'
import type { Json } from '@vidne/evidence/jcs'
import { randomPortion } from './randomness.ts'

/** The end of a chain: `seq` and commitment of its last event, and the label that its next one must bear. */
export type Head = { readonly seq: number; readonly prev: Uint8Array; readonly next: Uint8Array }

/** What an event says. `pol`: digest of the policy in force, 32 bytes. */
export type Happening = {
  readonly type: EventType
  readonly pol: Uint8Array
  readonly fields: readonly { readonly name: string; readonly value: Json }[]
}

/** An event as it was written, with the label and commitment of its leaf. */
export type Appended = { readonly event: OpenEvent; readonly label: Uint8Array; readonly commitment: Uint8Array }

/** The head of a chain that has no event yet: its first event bears the genesis label and points at the capture. */
export function beforeFirst(log: Uint8Array, captureId: Uint8Array): Head {
  return { seq: -1, prev: captureId, next: genesisLabel(log, captureId) }
}

/** Makes the next event of a chain and says where the chain ends then. */
export function extend(
  log: Uint8Array,
  head: Head,
  happening: Happening,
  at: number,
): { appended: Appended; head: Head } {
  const seq = head.seq + 1
  const made = makeEvent({ ...happening, fields: [...happening.fields], log, seq, prev: head.prev, at }, randomPortion)
  return {
    appended: { event: made.event, label: head.next, commitment: made.commitment },
    head: { seq, prev: made.commitment, next: made.next },
  }
}

/** An event beside what its row says of it. */
export type Row = { readonly seq: number; readonly label: Uint8Array; readonly commitment: Uint8Array }

/**
 * Where a chain read back from the database is not the chain that was written: the first seq that does not follow from
 * the one before it. Null when all follow.
 */
export function brokenAt(events: readonly OpenEvent[], rows: readonly Row[]): number | null {
  let head: Head | null = null
  for (const [seq, event] of events.entries()) {
    const row = rows[seq]
    const { core } = event
    head ??= beforeFirst(fromHex(core.log), fromHex(core.prev))
    const follows =
      row?.seq === seq &&
      core.seq === seq &&
      equalBytes(fromHex(core.prev), head.prev) &&
      equalBytes(row.label, head.next) &&
      equalBytes(row.commitment, commitment(event))
    if (!follows) return seq
    head = { seq, prev: row.commitment, next: fromHex(core.next) }
  }
  return null
}
