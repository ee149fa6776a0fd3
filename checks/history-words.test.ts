import { API, type Checker, type Type } from 'typescript/unstable/sync'
import {
  isIdentifier,
  isObjectLiteralExpression,
  isPropertyAssignment,
  isShorthandPropertyAssignment,
} from 'typescript/unstable/ast/is'
import type { Expression, Node } from 'typescript/unstable/ast'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { approvalKind } from '../contract/src/approvals.ts'
import { EVENT_TYPES } from '../evidence/src/event-types.ts'
import type { Manifest } from '../evidence/src/manifest.ts'
import { languages } from '../locales/src/say.ts'
import { isTold, valueWords } from '../locales/src/tell.ts'
import { Flag } from '../policies/src/leaf.ts'
import { packs } from '../policies/src/packs.ts'
import { DECIDED_RULE, EARLY_RULE } from '../server/src/keep/life.ts'
import { showingOf } from '../server/src/share/page/vocabulary.ts'
import { root } from './tree.ts'

// What the server writes into a history is read by a court. The compiler itself says here what can be written: the names of
// the fields, and of each the fixed values that its type allows.

/** A field that some line of the server writes: its fixed values, and whether any other text may stand there too. */
type Written = { where: string; name: string | null; values: string[]; text: boolean }

const api = new API({ cwd: root })
afterAll(() => api.close())
const project = api.updateSnapshot({ openProject: join(root, 'tsconfig.json') }).getProjects()[0]!
const written = fieldsWritten()

function fieldsWritten(): Written[] {
  const { program, checker, rootFiles } = project
  const server = rootFiles.filter(path => path.includes('/server/src/') && !/\.test\.ts$|\/testing\//.test(path))
  return server.flatMap(path => {
    const source = program.getSourceFile(path)!
    const found: Written[] = []
    const visit = (node: Node): void => {
      const field = fieldAt(checker, node)
      if (field !== null) found.push({ where: path.slice(root.length + 1), ...field })
      node.forEachChild(visit)
    }
    visit(source)
    return found
  })
}

/** An object of just a name and a value is a field; nothing else in the server has that shape. */
function fieldAt(checker: Checker, node: Node): Omit<Written, 'where'> | null {
  if (!isObjectLiteralExpression(node) || node.properties.length !== 2) return null
  const members = new Map<string, Expression>()
  for (const member of node.properties) {
    if (isPropertyAssignment(member)) members.set(member.name.getText(), member.initializer)
    if (isShorthandPropertyAssignment(member) && isIdentifier(member.name)) members.set(member.name.text, member.name)
  }
  const [name, value] = [members.get('name'), members.get('value')]
  if (name === undefined || value === undefined) return null
  const types = alternatives(checker, checker.getTypeAtLocation(value)!)
  const text = checker.getStringType()
  return {
    name: literalsOf(alternatives(checker, checker.getTypeAtLocation(name)!))[0] ?? null,
    values: literalsOf(types),
    text: types.some(type => type.id === text.id),
  }
}

/** A type taken apart: the members of a union, and for a list those of what is in it. JSON holds itself, so one list is enough. */
function alternatives(checker: Checker, type: Type, lists = 1): Type[] {
  if (type.isUnionType()) return type.getTypes().flatMap(one => alternatives(checker, one, lists))
  if (lists === 0 || !checker.isArrayType(type) || !type.isTypeReference()) return [type]
  return checker.getTypeArguments(type).flatMap(one => alternatives(checker, one, lists - 1))
}

function literalsOf(types: readonly Type[]): string[] {
  return types.flatMap(type => (type.isStringLiteralType() ? [type.value] : []))
}

/** Fixed values that a type does not tell: they come as text from data, and these lists are all of it. */
const fromData: Record<string, readonly string[]> = {
  rule: [...[...packs.values()].flatMap(pack => Object.keys(pack.retention)), EARLY_RULE, DECIDED_RULE],
  instead: [...packs.values()].flatMap(pack => Object.keys(pack.retention)),
  pack: [...packs.keys()],
  kind: approvalKind.options,
}

/** The group whose words stand for a field's fixed values; null where it has none. */
function groupOf(name: string) {
  const showing = showingOf(name)
  if (showing === null || typeof showing === 'string') return null
  return 'code' in showing ? showing.code : showing.name
}

/** Those of a group's values that lack words in one of the languages. */
const wordless = (group: NonNullable<ReturnType<typeof groupOf>>, values: readonly string[]) =>
  values.filter(value => languages.some(language => valueWords(language, group, value) === null))

test('the compiler found what the server writes', () => {
  expect(written.length).toBeGreaterThan(60)
  const anchors = written.find(({ name }) => name === 'anchor-source')
  expect(anchors).toMatchObject({ values: expect.arrayContaining(['capture-end', 'docked-overdue']), text: false })
  expect(written.find(({ name }) => name === 'roles')?.values).toContain('evidence-clerk')
})

test('every field that the server writes into a history is one that the page of a package knows', () => {
  expect(written.filter(({ name }) => name === null || showingOf(name) === null)).toEqual([])
  for (const { name } of written) expect({ name, told: isTold(`field.${name}`) }).toEqual({ name, told: true })
})

test('every fixed value that the server writes has words in four languages', () => {
  const lacking = written.flatMap(({ name, values, where }) => {
    const group = groupOf(name ?? '')
    // Nothing but machines reads the others; a fixed value among them would be a code that somebody forgot.
    if (group === null) return showingOf(name ?? '') === 'machine' ? [] : values.map(value => ({ where, name, value }))
    return wordless(group, values).map(value => ({ where, name, value }))
  })
  expect(lacking).toEqual([])
})

test('where a fixed value comes as text from data, all of that data has words', () => {
  const open = written.filter(({ name, text }) => text && isCode(name ?? ''))
  expect(open.filter(({ name }) => !Object.hasOwn(fromData, name ?? ''))).toEqual([])
  for (const [name, values] of Object.entries(fromData)) {
    expect(values.length).toBeGreaterThan(1)
    expect({ name, wordless: wordless(groupOf(name)!, values) }).toEqual({ name, wordless: [] })
  }
})

function isCode(name: string): boolean {
  const showing = showingOf(name)
  return showing !== null && typeof showing !== 'string' && 'code' in showing
}

test('every event, seal level and ground of a rule has words', () => {
  const keys = EVENT_TYPES.flatMap(type => [`event.${type}`, `told.${type}`])
  expect(keys.filter(key => !isTold(key))).toEqual([])
  expect(wordless('flag', Flag.options)).toEqual([])
  expect(wordless('level', ['captured', 'gateway', 'received'] satisfies Manifest['level'][])).toEqual([])
})
