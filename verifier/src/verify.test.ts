import { TEST_LOG_SKEY, TEST_ORIGIN } from '@vidne/evidence/testing/small-log'
import { generateKey } from '@vidne/tlog/keys'
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

test('a checkpoint is public by the second key of the log and not by what the package says of itself', async () => {
  const second = await generateKey(TEST_ORIGIN, 'ml-dsa-44')
  const trust = TRUST.replace('witness press', `log ${second.vkey}\nwitness press`)
  const judged = async (skeys: string[], checkpointKind: 'public' | 'private') => {
    const { files } = await makePackage({ skeys, checkpointKind })
    return verifyPackage(await packageOf(files), { trust, demands: { publicCheckpoint: true } })
  }
  const open = [{ code: 'demand-not-met', where: 'publicCheckpoint' }]
  const [own, both] = [await judged([TEST_LOG_SKEY], 'public'), await judged([TEST_LOG_SKEY, second.skey], 'private')]
  expect(own).toMatchObject({ holds: false, reasons: open, publicCheckpoint: false })
  expect(both).toMatchObject({ holds: true, reasons: [], publicCheckpoint: true })
})
