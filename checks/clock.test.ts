import { parseSync } from 'oxc-parser'
import { expect, test } from 'vitest'
import { filesOf, textOf } from './tree.ts'

/**
 * Who may ask the machine what time it is, and why. Everything else is given a clock. What only measures how long something
 * takes (`performance.now`, timers) asks nobody the time.
 */
const allowed: Readonly<Record<string, string>> = {
  'server/src/platform/clock.ts': 'the one place where the machine’s clock enters',
  'server/src/platform/database/clearing.ts':
    'clears at night by the machine’s night; decides nothing about a recording',
  'server/src/platform/database/upkeep.ts': 'tidies at night by the machine’s night; decides nothing about a recording',
  'server/src/platform/durable/folder-lock.ts': 'compares with the time that the kernel wrote onto a file',
  'server/src/share/prepared.ts':
    'how long memory is kept: a rehearsal clock that leaps must not throw away what was just made',
  'server/src/operations/machine-findings.ts': 'looks whether the machine’s own clock can be right',
  'tlog/src/keys.ts': 'a cosigner may be a program of its own; whoever has a clock gives it',
  'dock-agent/src/docking.ts': 'whether a file was written to just now, by the clock that wrote it',
  'web/src/recording/view.ts': 'the installation’s clock, as far as it runs apart from that of the device before it',
}

/** The same for the database's clock. */
const allowedSql: Readonly<Record<string, string>> = {
  'server/src/platform/database/migrations.ts': 'when a step of the schema was applied, for the operator alone',
  'server/src/platform/database/durable.ts': 'a row whose only use is to be written',
  'server/src/platform/database/upkeep.ts': 'when it was last tidied',
  'server/src/platform/database/clearing.ts': 'when a table was last written anew',
  'server/src/platform/database/clearing-tables.ts': 'how long ago that was',
  'server/src/operations/traces-findings.ts': 'for how long the tables are as they are, for the operator alone',
}

const sources = filesOf('*/src/**/*.ts').filter(
  path => !/\.test\.ts$|\/testing\//.test(path) && !/^(bench|e2e|checks)\//.test(path),
)
const asksDatabase =
  /\b(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\(\)|\b(?:current_timestamp|current_date|current_time|localtimestamp)\b/i

type Node = { readonly type: string; readonly [member: string]: unknown }

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

function named(node: unknown, name: string): boolean {
  return isNode(node) && node.type === 'Identifier' && node['name'] === name
}

/** `Date.now`, also when it is only handed on; `new Date()` and `Date()`, which mean now; `Temporal.Now`. */
function asksTheTime(node: Node): boolean {
  const { type, callee, object, property } = node
  const nothingGiven = Array.isArray(node['arguments']) && node['arguments'].length === 0
  if (type === 'NewExpression') return named(callee, 'Date') && nothingGiven
  if (type === 'CallExpression') return named(callee, 'Date')
  if (type !== 'MemberExpression') return false
  return (named(object, 'Date') && named(property, 'now')) || (named(object, 'Temporal') && named(property, 'Now'))
}

/** Everything under a node that asks the machine what time it is, or holds SQL that asks the database. */
function* askers(node: unknown): Generator<'machine' | 'database'> {
  if (Array.isArray(node)) for (const one of node) yield* askers(one)
  if (!isNode(node)) return
  if (asksTheTime(node)) yield 'machine'
  const text =
    node.type === 'Literal' ? node['value'] : node.type === 'TemplateElement' ? JSON.stringify(node['value']) : null
  if (typeof text === 'string' && asksDatabase.test(text)) yield 'database'
  for (const member of Object.values(node)) if (typeof member === 'object') yield* askers(member)
}

function askersIn(path: string, text = textOf(path)): Set<'machine' | 'database'> {
  return new Set(askers(parseSync(path, text).program))
}

const found = new Map(sources.map(path => [path, askersIn(path)]))
const filesThatAsk = (whom: 'machine' | 'database'): string[] =>
  [...found].filter(([, asked]) => asked.has(whom)).map(([path]) => path)

test('G16: no code asks the machine what time it is, but where it is argued', () => {
  expect(sources.length).toBeGreaterThan(200)
  expect(filesThatAsk('machine').toSorted()).toEqual(Object.keys(allowed).toSorted())
})

test('G16: no statement asks the database what time it is, but where it is argued', () => {
  expect(filesThatAsk('database').toSorted()).toEqual(Object.keys(allowedSql).toSorted())
  const migrations = filesOf('server/migrations/*.sql')
  expect(migrations.length).toBeGreaterThan(4)
  expect(migrations.filter(path => asksDatabase.test(textOf(path)))).toEqual([])
})

test('G16: every way to ask for the time is known here', () => {
  const asks = [
    'Date.now()',
    'const clock = Date.now',
    'new Date()',
    'Date()',
    'Temporal.Now.instant()',
    'f(() => [new Date().getHours()])',
  ]
  for (const code of asks) expect({ code, asked: [...askersIn('a.ts', code)] }).toEqual({ code, asked: ['machine'] })
  for (const code of ["run('select now()')", 'sql`update a set at = current_timestamp where b = ${c}`'])
    expect({ code, asked: [...askersIn('a.ts', code)] }).toEqual({ code, asked: ['database'] })
  for (const code of [
    'new Date(at)',
    'clock.now()',
    'performance.now()',
    'Date.UTC(2026, 0)',
    'Date.parse(text)',
    "'known'",
  ])
    expect({ code, asked: [...askersIn('a.ts', code)] }).toEqual({ code, asked: [] })
})
