import { CSV_MARK, csvLine } from '@vidne/contract/csv'
import type { AuditGround, AuditRowShown } from '@vidne/contract/installation'
import { vidne } from '../connection/client.ts'

/** What is looked for; days are whole days of the agency. */
export type AuditAsked = {
  from: string
  until: string
  ground: AuditGround | null
  person: string
  refusedOnly: boolean
}

const DAY_MS = 86_400_000

/** The last so many days, today among them, by the installation's clock and in the agency's calendar. */
export function lastDays(count: number, now: number, zone: string): { from: string; until: string } {
  // Swedish writes days as the API reads them: 2027-01-31.
  const day = (at: number) => new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(at)
  return { from: day(now - count * DAY_MS), until: day(now) }
}

/** Asks for a page of rows. @throws Error when no ground was chosen; the form does not let that happen */
export function lookIn({ from, until, ground, person, refusedOnly }: AuditAsked, after: string | null) {
  if (ground === null) throw new Error('no ground was chosen')
  return vidne.audit.search({
    ground,
    from,
    until,
    refusedOnly,
    ...(person.trim() === '' ? {} : { person }),
    ...(after === null ? {} : { after }),
  })
}

type Column = 'at' | 'person' | 'act' | 'actCode' | 'subject' | 'outcome' | 'outcomeCode' | 'sealed'

/** What the codes of a row are in the reader's language. */
export type AuditWords = { readonly act: (code: string) => string; readonly outcome: (code: string) => string }

/** Saves what is shown as CSV (RFC 4180, UTF-8 with the mark that spreadsheets know it by): words, and the codes beside them for programs. */
export function saveTable(rows: readonly AuditRowShown[], heads: Record<Column, string>, words: AuditWords): void {
  const names = ['at', 'person', 'act', 'actCode', 'subject', 'outcome', 'outcomeCode', 'sealed'] as const
  const cells = (row: AuditRowShown): Record<Column, string | boolean | null> => ({
    ...row,
    act: words.act(row.act),
    actCode: row.act,
    outcome: words.outcome(row.outcome),
    outcomeCode: row.outcome,
  })
  const lines = [names.map(name => heads[name]), ...rows.map(row => names.map(name => String(cells(row)[name] ?? '')))]
  const text = CSV_MARK + lines.map(csvLine).join('')
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
  link.download = 'audit.csv'
  link.click()
  URL.revokeObjectURL(link.href)
}
