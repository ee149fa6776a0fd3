/** Everything that can happen to a recording or to the keeping of recordings. Closed: a name is never reused or removed. */
export const EVENT_TYPES = [
  'sealed',
  'received-again',
  'indexed',
  'viewed',
  'annotated',
  'categorised',
  'category-removed',
  'case-noted',
  'held',
  'hold-released',
  'hold-reviewed',
  'duty-done',
  'exported',
  'shared',
  'share-revoked',
  'deletion-decided',
  'deletion-due',
  'key-destroyed',
  'deleted',
  'tombstone-erased',
  'retention-changed',
  'approval-asked',
  'approval-given',
  'audited',
  'opened',
  'role-granted',
  'token-issued',
  'token-revoked',
  'policy-published',
  'clock-set',
  'operation-ordered',
  'situation-decided',
  'review-opened',
  'review-closed',
  'unit-made',
  'unit-assigned',
  'unit-renamed',
  'unit-ended',
  'policy-accepted',
  'training-recorded',
  'training-revoked',
  'delegated',
  'delegation-ended',
  'record-noted',
  'disposal-decided',
  'record-deleted',
  'access-granted',
  'access-revoked',
  'configuration-imported',
  'case-opened',
  'case-changed',
  'exhibit-added',
  'exhibit-removed',
  'share-opened',
  'role-revoked',
  'invited',
  'account-opened',
  'account-closed',
  'address-named',
  'address-confirmed',
  'address-removed',
  'approval-declined',
  'approval-withdrawn',
] as const

export type EventType = (typeof EVENT_TYPES)[number]

const KNOWN: ReadonlySet<unknown> = new Set(EVENT_TYPES)

/** Whether this names an event type of ours. */
export function isEventType(name: unknown): name is EventType {
  return KNOWN.has(name)
}

/** The types a chain can begin with: `sealed` for a recording, `opened` for an agency's or the installation's own chain. */
export function beginsChain(type: EventType): boolean {
  return type === 'sealed' || type === 'opened'
}
