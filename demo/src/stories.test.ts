import { packById } from '@vidne/policies/packs'
import { expect, test } from 'vitest'
import { agencies } from './agencies.ts'
import type { Telling } from './filling.ts'
import { monthOf } from './month.ts'
import { storiesOf } from './stories.ts'

/** An API that takes whatever it is asked, and answers with one of everything. */
function agreeable(): unknown {
  const answer = { id: 'one', approval: 'one', address: '/shared#one', recording: 'one' }
  return new Proxy(() => Promise.resolve(answer), { get: (_, name) => (name === 'then' ? undefined : agreeable()) })
}

// The demo is made at any hour of any day: what its stories are about must be there then.
test.each(Array.from({ length: 24 }, (_, hour) => hour))(
  'the stories find their recordings at %i o’clock',
  async hour => {
    for (let day = 0; day < 10; day++) {
      const today = Date.UTC(2026, 10, 20 + day, hour, 17)
      const { shots } = monthOf(today, 4)
      const founded = agencies.map(agency => ({ id: agency.key, dock: '', agency }))
      for (const { at, does } of storiesOf(today)) {
        const docked = shots.filter(one => one.docked <= at).map(one => ({ ...one, recording: String(one.serial) }))
        const telling = { as: async () => agreeable(), founded, docked, today, facts: { link: null } }
        await expect(does(telling as unknown as Telling), new Date(today).toISOString()).resolves.toBeUndefined()
      }
    }
  },
)

type Call = { readonly agency: string; readonly what: string; readonly input: Readonly<Record<string, unknown>> }

/** What people ask the API for in the month of one day, told by an API that notes it and agrees. */
async function asked(today: number) {
  const { shots } = monthOf(today, 4)
  const calls: Call[] = []
  const noting = (agency: string, path: readonly string[]): unknown =>
    new Proxy(
      async (input: Call['input']) => {
        calls.push({ agency, what: path.join('.'), input })
        return { id: 'one', approval: 'one', address: '/shared#one' }
      },
      { get: (_, name) => (name === 'then' ? undefined : noting(agency, [...path, String(name)])) },
    )
  const founded = agencies.map(agency => ({ id: agency.key, dock: '', agency }))
  for (const { at, does } of storiesOf(today).toSorted((one, other) => one.at - other.at)) {
    const docked = shots.filter(one => one.docked <= at).map(one => ({ ...one, recording: String(one.serial) }))
    const as = async (agency: string) => noting(agency, [])
    await does({ as, founded, docked, today, facts: { link: null } } as unknown as Telling)
  }
  return { calls, shots, of: (what: string) => calls.filter(call => call.what === what) }
}

const today = Date.UTC(2026, 10, 22, 13)

test('a fair part of each agency’s recordings has a category, as its pack names them', async () => {
  const { of, shots } = await asked(today)
  for (const { key, pack } of agencies) {
    const filed = of('recordings.categorise').filter(call => call.agency === key)
    const rules = packById(pack)?.retention ?? {}
    for (const { input } of filed)
      expect(rules[String(input['rule'])]?.appliesTo, String(input['rule'])).toBe('footage')
    const share = new Set(filed.map(({ input }) => input['id'])).size / shots.filter(one => one.agency === key).length
    expect(share, key).toBeGreaterThan(0.05)
    expect(share, key).toBeLessThan(0.5)
  }
})

test('the stories leave cases, holds, answers and an incident in each of their states', async () => {
  const { of, shots } = await asked(today)
  expect(of('cases.open').length).toBeGreaterThanOrEqual(4)
  expect(of('cases.setState').map(({ input }) => input['state'])).toEqual(['closed'])
  expect(of('recordings.hold').filter(({ input }) => input['review'] !== undefined).length).toBeGreaterThan(0)
  expect(of('approvals.decline')).toHaveLength(1)
  expect(of('recordings.release').length).toBeGreaterThan(1)
  expect(of('situations.explain')).toHaveLength(1)
  const linked = of('recordings.writeWork').filter(({ input }) => kindOf(input) === 'incident')
  const cameras = shots.filter(one => linked.some(({ input }) => input['id'] === String(one.serial)))
  expect(new Set(cameras.map(({ camera }) => camera.id)).size).toBe(3)
  const spread = Math.max(...cameras.map(({ at }) => at)) - Math.min(...cameras.map(({ at }) => at))
  expect(spread).toBeLessThan(10 * 60_000)
  for (const kind of ['note', 'marker']) {
    const written = of('recordings.writeWork').filter(({ input }) => kindOf(input) === kind)
    expect(new Set(written.map(({ input }) => input['id'])).size, kind).toBeGreaterThanOrEqual(2)
  }
})

const kindOf = ({ content }: Call['input']) => (content as { kind: string }).kind
