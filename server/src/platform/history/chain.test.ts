import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { OpenEvent } from '@vidne/evidence/event'
import { logId, NO_POLICY } from '@vidne/evidence/event'
import { beforeFirst, brokenAt, extend, type Row } from './chain.ts'

const log = logId('vidne.example/test')

function aChain(length: number): { events: OpenEvent[]; rows: Row[] } {
  let head = beforeFirst(log, new Uint8Array(32).fill(7))
  const chain: { events: OpenEvent[]; rows: Row[] } = { events: [], rows: [] }
  for (let seq = 0; seq < length; seq++) {
    const type = seq === 0 ? 'sealed' : 'viewed'
    const next = extend(log, head, { type, pol: NO_POLICY, fields: [{ name: 'seq', value: seq }] }, 1000 + seq)
    chain.events.push(next.appended.event)
    chain.rows.push({ seq, label: next.appended.label, commitment: next.appended.commitment })
    head = next.head
  }
  return chain
}

test('a chain as it was written has no break', () => {
  const { events, rows } = aChain(5)
  expect(brokenAt(events, rows)).toBe(null)
})

test('an event taken out, swapped, doubled or of another chain breaks it at that place', () => {
  const { events, rows } = aChain(6)
  const other = aChain(6)
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4 }), fc.constantFrom('out', 'swap', 'double', 'foreign'), (at, how) => {
      const order = [...events.keys()]
      if (how === 'out') order.splice(at, 1)
      if (how === 'swap') order.splice(at, 2, at + 1, at)
      if (how === 'double') order.splice(at, 0, at)
      const foreign = how === 'foreign' ? at : -1
      const altered = order.map((from, i) => (i === foreign ? other : { events }).events[from]!)
      expect(
        brokenAt(
          altered,
          order.map(from => rows[from]!),
        ),
      ).toBe(how === 'double' ? at + 1 : at)
    }),
  )
})

test('a row whose label or commitment was changed breaks the chain there', () => {
  const { events, rows } = aChain(3)
  for (const what of ['label', 'commitment'] as const) {
    const altered = rows.map((row, i) => (i === 1 ? { ...row, [what]: new Uint8Array(32) } : row))
    expect(brokenAt(events, altered)).toBe(1)
  }
})
