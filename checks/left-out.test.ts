import { afterEach, expect, test, vi } from 'vitest'
import { leftOut } from './left-out.ts'
import { filesOf, textOf } from './tree.ts'

afterEach(() => vi.unstubAllEnvs())

test('a suite that a machine cannot run is left out, and fails the build under CI', () => {
  vi.stubEnv('CI', '')
  expect(leftOut('nothing', null)).toBe(false)
  expect(leftOut('a suite of the test of suites', 'it is only tried')).toBe(true)
  vi.stubEnv('CI', 'true')
  expect(leftOut('nothing', null)).toBe(false)
  expect(() => leftOut('the power cuts', 'there is no disk')).toThrow(/the power cuts; there is no disk/)
})

/** Tests and what they stand on; those of the house rules only name what they look for. */
const tests = filesOf('*/**/*.test.ts', '*/**/testing/**/*.ts', 'e2e/**/*.ts').filter(
  path => !path.startsWith('checks/'),
)

/** What decides: `leftOut(…)` itself, or what it has answered. `engines` has been asked about before anybody sees it. */
const asked = /^\s*(leftOut\(|without[A-Z]\w*\)|!engines\.includes\()/
/** One and the same test may have nothing to do on one of the engines; that leaves nothing out. */
const ofAnEngine = /^\s*((ground\.)?engine ===|engines\.includes\()/

test('every test that can be skipped asks leftOut, so that no build passes without it', () => {
  expect(tests.length).toBeGreaterThan(100)
  const unasked = tests.flatMap(path => {
    const text = textOf(path)
    const decided = [...text.matchAll(/\.(skipIf|runIf)\(/g)].filter(({ index, 0: found, 1: verb }) => {
      const why = text.slice(index + found.length)
      return !asked.test(why) && !(verb === 'runIf' && ofAnEngine.test(why))
    })
    const plain = [...text.matchAll(/\b(test|it|describe|context|ctx|task)\.(skip|todo|only)\(/g)]
    const answers = [...text.matchAll(/\bconst (without[A-Z]\w*)[^=]*=\s*(?!leftOut\()\S+/g)]
    const deciding = [...text.matchAll(/\benv(\.CI|\['CI'\])/g)]
    return [...decided, ...plain, ...answers, ...deciding].map(
      ({ index }) => `${path}: ${text.slice(index, index + 60)}`,
    )
  })
  expect(unasked).toEqual([])
})
