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
