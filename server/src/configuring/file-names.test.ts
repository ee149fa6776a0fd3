import { expect, test } from 'vitest'
import { unitPolicyFile } from './file-names.ts'

const SAFE = /^policy\/units\/[a-z0-9][a-z0-9_-]{0,80}\.json$/

test('a unit’s file says its name where that is plain', () => {
  expect(unitPolicyFile('Special  Field Service 2')).toBe('policy/units/special-field-service-2.json')
  expect(unitPolicyFile('special field service 2')).toBe('policy/units/special-field-service-2.json')
  expect(unitPolicyFile('Skolen på Ærø')).toMatch(/^policy\/units\/skolen-paa-aeroe_[0-9a-f]{16}\.json$/)
})

test('whatever a unit is called, its file lies in the folder and is one file on every disk', () => {
  const odd = [
    '../../x',
    '/etc/passwd',
    'a/b',
    'a\\b',
    '..',
    '.',
    'con',
    'COM1',
    'nul',
    '🚓',
    'x'.repeat(200),
    'a\0b',
    '-rf',
    '_',
    'a.json',
  ]
  for (const name of odd) expect(unitPolicyFile(name), name).toMatch(SAFE)
})

test('two units never share a file, though their names fold to the same letters', () => {
  const names = [
    'a b',
    'a-b',
    'a/b',
    'a.b',
    'å b',
    'aa b',
    'ä b',
    'ae b',
    'a  b.',
    '../a b',
    'con',
    'con.',
    'x'.repeat(199),
    'x'.repeat(200),
  ]
  const files = names.map(unitPolicyFile)
  expect(new Set(files).size).toBe(names.length)
})
