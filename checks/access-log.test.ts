import { expect, test } from 'vitest'
import { contract } from '../contract/src/contract.ts'
import { auditSearch } from '../contract/src/installation.ts'
import { filesOf, textOf } from './tree.ts'

// Who looked at what, and what was refused to whom, is kept for lawfulness, self-monitoring, security and criminal proceedings (LED
// art. 25(2)), and for nothing else. So nothing that counts or lists can reach these rows: they are read in one place each.

/** Where rows about what somebody did may be named, and what is done with them there. */
const READ_IN: Readonly<Record<string, readonly string[]>> = {
  // Written, and committed hour by hour into the agency's chain.
  // And removed at their end.
  // And looked for, row by row, for one of four grounds.
  people_audit: [
    'server/src/people/audit-end.ts',
    'server/src/people/audit-search.ts',
    'server/src/people/audit.ts',
    'server/src/people/store.ts',
  ],
  people_audit_gone: ['server/src/people/audit-end.ts'],
  people_audit_hour: ['server/src/people/audit.ts', 'server/src/people/store.ts'],
  // Asked whether a view is open, and whether anybody has looked before.
  review_view: ['server/src/review/store.ts'],
  review_agreement: ['server/src/review/store.ts'],
}

const sources = filesOf('{server,cli,dock-agent,contract,policies,media,statistics,web,bodycam}/**/*.ts').filter(
  path => !/\.test\.ts$|\/testing\//.test(path),
)

const naming = (table: string): string[] =>
  sources.filter(path => new RegExp(`\\b${table}\\b`).test(textOf(path))).toSorted()

test('I-12 rows about who looked and who was refused are read in one place each, and in none that counts', () => {
  expect(sources.length).toBeGreaterThan(200)
  for (const [table, places] of Object.entries(READ_IN))
    expect({ table, places: naming(table) }).toEqual({
      table,
      places: places.filter(one => naming(table).includes(one)),
    })
  expect(naming('people_audit')).toContain('server/src/people/audit.ts')
  expect(naming('review_view')).toEqual(['server/src/review/store.ts'])
})

test('I-12 what reads them groups by no person, and counts none', () => {
  for (const path of new Set(Object.values(READ_IN).flat()))
    expect({ path, counts: /count\(|groupBy|group by|sum\(|avg\(/i.test(textOf(path)) }).toEqual({
      path,
      counts: false,
    })
})

test('I-12 no view in the database shows them to another stage, and one request alone answers with them', () => {
  const migrations = filesOf('server/migrations/*.sql').map(textOf).join('\n')
  const views = [...migrations.matchAll(/create (?:or replace )?view [\s\S]*?;/g)].map(([text]) => text)
  expect(views.length).toBeGreaterThan(4)
  for (const table of Object.keys(READ_IN)) expect(views.filter(text => text.includes(table))).toEqual([])
  // But one: it wants one of the four grounds, and gives rows and no figure.
  expect(Object.keys(contract.audit)).toEqual(['search'])
  const wish = { from: '2027-01-01T00:00:00Z', until: '2027-02-01T00:00:00Z' }
  expect(auditSearch.safeParse({ ...wish, ground: 'security' }).success).toBe(true)
  for (const ground of [undefined, 'performance', 'statistics'])
    expect(auditSearch.safeParse({ ...wish, ground }).success).toBe(false)
})
