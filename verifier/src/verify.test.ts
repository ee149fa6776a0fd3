import { expect, test } from 'vitest'
import { DELETED, TRUST, makePackage } from './testing/sample-package.ts'
import { packageOf } from './testing/zipped.ts'
import { verifyPackage } from './verify.ts'

test('a good package is intact, its history checked, and it says who countersigned', async () => {
  const { files } = await makePackage()
  expect(await verifyPackage(await packageOf(files), { trust: TRUST })).toMatchObject({
    kind: 'recording',
    intact: true,
    footage: 'checked',
    history: 'checked',
    countersigned: ['press', 'mapper'],
    level: 'received',
    reasons: [],
    holds: true,
  })
})

test('a statement of a deletion by rule holds', async () => {
  const { files } = await makePackage({ story: DELETED })
  expect(await verifyPackage(await packageOf(files), { trust: TRUST })).toMatchObject({
    kind: 'deletion-statement',
    intact: true,
    footage: 'not-present',
    history: 'checked',
    reasons: [],
    holds: true,
  })
})
