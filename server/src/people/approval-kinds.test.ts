import { expect, test } from 'vitest'
import { TERMS } from './approval-kinds.ts'
import { may, ROLES } from './roles.ts'

test('whoever may confirm a question of some kind may see which wait', () => {
  const confirming = new Set(Object.values(TERMS).flatMap(terms => terms.confirmedBy))
  expect(confirming.size).toBeGreaterThan(5)
  for (const role of confirming)
    expect({ role, sees: may({ roles: [role] }, 'see-approvals') }).toMatchObject({ sees: true })
  expect(ROLES.filter(role => !may({ roles: [role] }, 'see-approvals'))).toContain('dock')
})
