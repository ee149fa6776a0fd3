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

test('who handed footage in is not told outside; that it was handed in, and how far its clock was off, is', () => {
  const said = { provenance: 'handed-in', giver: 'Ann Shopkeeper', 'legal-basis': null, 'clock-offset': 5000 }
  const sealed = anEvent('sealed', said)
  const shown = shownOutside([sealed])
  const names = sealed.fields.map(({ name }) => name).filter(name => shown(sealed, name))
  expect(new Set(names)).toEqual(new Set(['provenance', 'legal-basis', 'clock-offset']))
})
