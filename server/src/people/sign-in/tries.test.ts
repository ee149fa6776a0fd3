import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { onEachEngine } from '../../platform/testing/databases.ts'
import { setClock } from '../testing/an-agency.ts'
import { openIdentities } from './identities.ts'
import { tidySignIn } from './tidying.ts'
import { openTries } from './tries.ts'

const DAY = 24 * 60 * 60_000

onEachEngine('tries to sign in', ground => {
  const wall = setClock('2026-11-21T08:00:00Z')
  const tries = () => openTries(ground.database, wall)
  let names = 0
  const somebody = () => ({ account: `somebody-${(names += 1)}`, address: `192.0.2.${names}` })

  test('cost nothing three times, then each twice as long, up to a quarter of an hour', async () => {
    const tried = somebody()
    const waits: number[] = []
    for (let count = 0; count < 12; count++) {
      await tries().failedAs(tried.account)
      waits.push(await tries().wait(tried))
    }
    expect(waits).toEqual([0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900])
    wall.at += 900_000
    expect(await tries().wait(tried)).toBe(0)
  })

  test('count under a name however it is written, from whatever address, and for nobody else', async () => {
    const tried = somebody()
    for (const account of [tried.account, tried.account.toUpperCase(), ` ${tried.account} `, tried.account])
      await tries().failedAs(account)
    expect(await tries().wait({ ...tried, address: '198.51.100.7' })).toBe(5)
    expect(await tries().wait({ ...somebody(), address: tried.address })).toBe(0)
  })

  test('count from an address too, which a site full of people shares', async () => {
    const { address } = somebody()
    for (let count = 0; count < 20; count++) await tries().failedFrom(address)
    expect(await tries().wait({ account: null, address })).toBe(0)
    await tries().failedFrom(address)
    expect(await tries().wait({ account: null, address })).toBe(5)
  })

  test('are forgotten once the right one came, and after a day', async () => {
    const [right, late] = [somebody(), somebody()]
    for (const { account } of [right, late]) for (let count = 0; count < 6; count++) await tries().failedAs(account)
    await tries().succeededAs(right.account)
    expect(await tries().wait(right)).toBe(0)
    wall.at += DAY + 1
    await tries().failedAs(late.account)
    expect(await tries().wait(late)).toBe(0)
  })

  test('at the same time are as many as one after the other', async () => {
    const tried = somebody()
    await tries().failedAs(tried.account)
    await Promise.all(Array.from({ length: 8 }, () => tries().failedAs(tried.account)))
    expect(await tries().wait(tried)).toBe(160)
  })

  test('leave nothing for ever, and no name of anybody', async () => {
    const tried = somebody()
    await tries().failedAs(tried.account)
    const { database } = ground
    const identities = openIdentities({ database, wall, secret: 's'.repeat(43), oidc: null }, 'http://localhost')
    await identities.named('an invitation that nobody took up')
    const rows = async () => {
      const { rows: found } = await database.asInstallation(trx =>
        sql<object>`select to_jsonb(t)::text as row from people_tried t union all select to_jsonb(i)::text from people_identity i`.execute(
          trx,
        ),
      )
      return JSON.stringify(found)
    }
    expect(await rows()).toContain('an invitation that nobody')
    expect(await rows()).not.toContain(tried.account)
    await database.asInstallation(trx => tidySignIn(trx, Date.now() + 9 * DAY))
    expect(await rows()).toBe('[]')
  })
})
