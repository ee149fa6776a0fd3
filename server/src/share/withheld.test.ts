import { expect, test } from 'vitest'
import { anEvent } from './testing/a-page.ts'
import { shownOutside } from './withheld.ts'

test('nobody outside is shown who of the agency acted, asked, or in whose place somebody confirmed', () => {
  const given = anEvent('approval-given', {
    approval: 'a',
    'in-place-of': 'Paula Principal',
    principal: 'person-1',
    actor: 'Dora Delegate',
    person: 'person-2',
    roles: ['supervisor'],
    token: 'token-1',
  })
  const released = anEvent('hold-released', { 'asked-by': { name: 'Clara Clerk', person: 'person-3' }, reason: 'over' })
  const shown = shownOutside([given, released])
  const fields = [given, released].flatMap(event => event.fields.filter(({ name }) => shown(event, name)))
  expect(fields.map(({ name }) => name).toSorted()).toEqual(['approval', 'reason'])
})
