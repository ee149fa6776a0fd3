import { expect, test } from 'vitest'
import { textOf } from './tree.ts'

type Words = { audit: { acts: Record<string, string>; outcomes: Record<string, string> } }
const { audit } = JSON.parse(textOf('locales/desk/administration/en.json')) as Words

/** The members of a union of literals in a source, by the name of its type. */
function membersOf(path: string, type: string): string[] {
  const body = new RegExp(`type ${type} =([^]*?)\\n\\n`).exec(textOf(path))?.[1] ?? ''
  return [...body.matchAll(/'([a-z-]+)'/g)].map(match => match[1] ?? '')
}

test('every act that a row of the audit can be about has words', () => {
  const acts = [
    ...(/act = z\.enum\(\[([^]*?)\]\)/.exec(textOf('contract/src/acts.ts'))?.[1] ?? '').matchAll(/'([a-z-]+)'/g),
  ].map(match => match[1] ?? '')
  expect(acts.length).toBeGreaterThan(45)
  expect(Object.keys(audit.acts).toSorted()).toEqual([...acts, 'sign-in', 'approve'].toSorted())
})

test('every reason for which somebody is refused a look has words', () => {
  const reasons = [
    ...membersOf('server/src/rules/viewing.ts', 'ViewRefusal'),
    ...membersOf('server/src/people/people.ts', 'Gate'),
    'not-allowed',
    'no-such-recording',
    'deleted',
    'bytes-lost',
    'odd-range',
    'no-view',
    'not-on-list',
  ]
  expect(reasons.length).toBeGreaterThan(12)
  expect(reasons.filter(reason => audit.outcomes[reason] === undefined)).toEqual([])
})

test('every job that runs by the clock has a name', () => {
  const named = JSON.parse(textOf('locales/desk/administration/en.json')) as { jobs: { names: Record<string, string> } }
  const jobs = [...textOf('server/src/schedule.ts').matchAll(/name: '([a-z-]+)'/g)].map(match => match[1] ?? '')
  expect(jobs.length).toBeGreaterThan(4)
  expect(jobs.filter(job => named.jobs.names[job] === undefined)).toEqual([])
})
