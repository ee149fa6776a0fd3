import { describe, expect, test } from 'vitest'
import { idsIn, reportOf, requirementRows } from './requirement-rows.ts'
import { filesOf, textOf } from './tree.ts'

const rows = requirementRows()

describe('the requirements', () => {
  test('are 98 rows of five programmes and 30 invariants, each with an acceptance check', () => {
    expect(rows.filter(({ id }) => id.startsWith('S'))).toHaveLength(98)
    expect(rows.filter(({ id }) => id.startsWith('I-'))).toHaveLength(30)
    expect(new Set(rows.map(({ id }) => id)).size).toBe(128)
    expect(rows.filter(({ check }) => check.length < 10)).toEqual([])
  })

  test('are named by tests as they are called', () => {
    const known = new Set(rows.map(({ id }) => id))
    const named = filesOf('*/**/*.test.ts')
      .filter(path => !path.startsWith('checks/'))
      .flatMap(path => idsIn(textOf(path)).map(id => ({ path, id })))
    expect(named.filter(({ id }) => !known.has(id))).toEqual([])
  })
})

describe('a row counts', () => {
  const two = [
    { id: 'S1-06', check: 'exactly one verdict' },
    { id: 'I-08', check: 'a hold stops deletion' },
  ]
  const outcome = (name: string, passed: boolean) => ({ name, passed, file: 'a.test.ts' })

  test('while every test that names it runs and passes', () => {
    const report = reportOf(two, [outcome('tasks S1-06 one verdict', true), outcome('I-08 and S1-06 both', true)])
    expect(report.rows.map(({ id, tests }) => [id, tests.length])).toEqual([
      ['S1-06', 2],
      ['I-08', 1],
    ])
    expect(report.missing).toEqual([])
  })

  test('not when one of them fails or is left out, nor when none names it', () => {
    const report = reportOf(two, [outcome('S1-06 one verdict', true), outcome('S1-06 on the other engine', false)])
    expect(report).toEqual({ rows: [], missing: ['S1-06', 'I-08'] })
  })

  test('not by a name that only looks like it', () => {
    expect(reportOf(two, [outcome('S1-061, XS1-06 and I-080', true)]).rows).toEqual([])
  })
})
