import { dirname, join, normalize } from 'node:path'
import { parseSync } from 'oxc-parser'
import { expect, test } from 'vitest'
import { filesOf, textOf } from './tree.ts'

const page = 'docs/design/guarantees.md'

type Row = { guarantee: string; shown: string; file: string }

/** The rows of the page's table: guarantee, name of the test, link to its file. */
function rows(): Row[] {
  const form = /^\| (G\d+) +\| (.+?) +\| \[[^\]]+\]\(([^)]+)\) +\|$/
  return textOf(page)
    .split('\n')
    .map(line => form.exec(line))
    .filter(match => match !== null)
    .map(([, guarantee = '', shown = '', link = '']) => ({
      guarantee,
      shown,
      file: normalize(join(dirname(page), link)),
    }))
}

type Node = { readonly type: string; readonly [member: string]: unknown }

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

/** Who is called in the end: `test` in `test.skipIf(…).each(…)('…')`. */
function called(callee: unknown): string {
  if (!isNode(callee)) return ''
  if (callee.type === 'Identifier') return String(callee['name'])
  return called(callee.type === 'MemberExpression' ? callee['object'] : callee['callee'])
}

/** A name as the page writes it: what is filled in when it runs is an ellipsis. */
function written(name: unknown): string | null {
  if (!isNode(name)) return null
  if (name.type === 'Literal') return typeof name['value'] === 'string' ? name['value'] : null
  if (name.type !== 'TemplateLiteral' || !Array.isArray(name['quasis'])) return null
  const parts: unknown[] = name['quasis']
  return parts.map(part => (isNode(part) ? cooked(part['value']) : '')).join('…')
}

function cooked(value: unknown): string {
  return typeof value === 'object' && value !== null && 'cooked' in value ? String(value.cooked) : ''
}

const naming: ReadonlySet<string> = new Set(['test', 'describe', 'onEachEngine'])

/** Every name that a test file gives to a test or to a group of them. */
function* namesIn(node: unknown): Generator<string> {
  if (Array.isArray(node)) for (const one of node) yield* namesIn(one)
  if (!isNode(node)) return
  if (node.type === 'CallExpression' && naming.has(called(node['callee'])) && Array.isArray(node['arguments'])) {
    const name = written(node['arguments'][0])
    if (name !== null) yield name
  }
  for (const member of Object.values(node)) if (typeof member === 'object') yield* namesIn(member)
}

const named = new Map<string, Set<string>>()

function namesOf(file: string): Set<string> {
  const known = named.get(file)
  if (known !== undefined) return known
  const read = new Set(namesIn(parseSync(file, textOf(file)).program))
  named.set(file, read)
  return read
}

test('every guarantee is shown by a test', () => {
  const guarantees = Array.from({ length: 17 }, (_, at) => `G${at + 1}`)
  expect([...new Set(rows().map(row => row.guarantee))]).toEqual(guarantees)
})

test('every test that the page of the guarantees names is there', () => {
  const present = new Set(filesOf('**/*.test.ts'))
  const isThere = ({ guarantee, shown, file }: Row): boolean => {
    const names = present.has(file) ? namesOf(file) : new Set<string>()
    return shown.split(' › ').every(one => names.has(one) || names.has(`${guarantee}: ${one}`))
  }
  expect(rows().filter(row => !isThere(row))).toEqual([])
})

test('every test that is called after a guarantee stands on the page', () => {
  const told = new Set(rows().map(({ guarantee, shown, file }) => `${file} ${guarantee}: ${shown}`))
  const called = filesOf('e2e/guarantees/*.test.ts', 'checks/*.test.ts').flatMap(file =>
    [...namesOf(file)].filter(name => /^G\d+: /.test(name)).map(name => `${file} ${name}`),
  )
  expect(called.length).toBeGreaterThan(40)
  expect(called.filter(name => !told.has(name))).toEqual([])
})
