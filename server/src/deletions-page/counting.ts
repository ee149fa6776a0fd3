import { createHash } from 'node:crypto'
import type { StatementOf } from '@vidne/evidence/statement'

/** A statement of a run, as it stands in the log. */
export type Said = {
  readonly statement: StatementOf<'deletion-run'>
  readonly index: number
  readonly leafHash: Uint8Array
}

/** What one month's statements add up to. `digest`: SHA-256 over their leaf hashes, in the order of the log; hexadecimal. */
export type Month = {
  /** `2026-11`, in the zone that was asked for. */
  readonly month: string
  readonly counts: readonly { readonly rule: string; readonly items: number }[]
  readonly total: number
  readonly said: readonly Said[]
  readonly digest: string
}

/** Statements by the month of their run, newest month first; within one, in the order of the log. */
export function byMonth(said: readonly Said[], zone: string): Month[] {
  const months = Map.groupBy(said, ({ statement }) => monthOf(statement.at, zone))
  return [...months].map(([month, among]) => counted(month, among)).toSorted((a, b) => (a.month < b.month ? 1 : -1))
}

function counted(month: string, said: readonly Said[]): Month {
  const items = new Map<string, number>()
  for (const { statement } of said)
    for (const one of statement.counts) items.set(one.rule, (items.get(one.rule) ?? 0) + one.items)
  const counts = [...items].map(([rule, count]) => ({ rule, items: count }))
  const digest = createHash('sha256')
  for (const { leafHash } of said) digest.update(leafHash)
  return {
    month,
    said,
    counts: counts.toSorted((a, b) => b.items - a.items || (a.rule < b.rule ? -1 : 1)),
    total: counts.reduce((sum, one) => sum + one.items, 0),
    digest: digest.digest('hex'),
  }
}

function monthOf(at: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, year: 'numeric', month: '2-digit' }).formatToParts(at)
  const part = (type: 'year' | 'month') => parts.find(one => one.type === type)?.value ?? ''
  return `${part('year')}-${part('month')}`
}
