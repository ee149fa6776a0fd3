import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../platform/clock.ts'
import { onEachEngine } from '../../platform/testing/databases.ts'
import { codeOf } from '../testing/authenticator.ts'
import { type Identities, openIdentities } from './identities.ts'

const PASSWORD = 'correct horse battery staple'

onEachEngine('identities by password and code', ground => {
  let identities: Identities
  beforeAll(() => {
    const { database } = ground
    identities = openIdentities(
      { database, wall: systemClock, secret: 's'.repeat(43), oidc: null },
      'http://localhost:8420',
    )
  })

  /** Takes a name and a password; what an authenticator reads. */
  async function passwordOf(identity: string, account: string, password = PASSWORD): Promise<string> {
    const set = await identities.setPassword(identity, { account, password })
    if (set === 'taken') throw new Error('the name is taken')
    return set.uri
  }

  async function enrolled(account: string): Promise<{ identity: string; uri: string }> {
    const identity = await identities.named(randomUUID())
    const uri = await passwordOf(identity, account)
    expect(await identities.confirmCode(identity, codeOf(uri))).toBe(true)
    return { identity, uri }
  }

  test('are proven by all three together, and by no two of them', async () => {
    const { identity, uri } = await enrolled('ann')
    const right = { account: 'ann', password: PASSWORD, code: codeOf(uri, 1) }
    const wrong = [
      { ...right, password: 'correct horse battery stable' },
      { ...right, code: codeOf(uri, 20) },
      { ...right, account: 'bo' },
      { ...right, password: '' },
      { ...right, code: '' },
    ]
    for (const one of wrong) expect(await identities.byPassword(one)).toBe(null)
    expect(await identities.byPassword(right)).toBe(identity)
  })

  test('a code counts once, also for two who come at the same time', async () => {
    const { identity, uri } = await enrolled('carl')
    const tried = { account: 'carl', password: PASSWORD, code: codeOf(uri, 1) }
    const answers = await Promise.all([identities.byPassword(tried), identities.byPassword(tried)])
    expect(answers).toHaveLength(2)
    expect(answers.filter(one => one === identity)).toHaveLength(1)
    expect(await identities.byPassword(tried)).toBe(null)
  })

  test('a password without a confirmed second factor lets nobody in', async () => {
    const identity = await identities.named(randomUUID())
    const uri = await passwordOf(identity, 'dora')
    expect(await identities.byPassword({ account: 'dora', password: PASSWORD, code: codeOf(uri) })).toBe(null)
    expect(await identities.confirmCode(identity, codeOf(uri, 20))).toBe(false)
    expect(await identities.byPassword({ account: 'dora', password: PASSWORD, code: codeOf(uri) })).toBe(null)
  })

  test('a name is one person’s, however it is written', async () => {
    const { identity, uri } = await enrolled('Erik.Berg@example.org')
    const other = await identities.named(randomUUID())
    expect(await identities.setPassword(other, { account: ' ERIK.BERG@example.org', password: PASSWORD })).toBe('taken')
    const tried = { account: 'erik.berg@EXAMPLE.org', password: PASSWORD, code: codeOf(uri, 1) }
    expect(await identities.byPassword(tried)).toBe(identity)
  })

  test('a new password ends the old one and its codes', async () => {
    const { identity, uri } = await enrolled('frida')
    const renewed = await passwordOf(identity, 'frida', 'another one that is long')
    expect(await identities.byPassword({ account: 'frida', password: PASSWORD, code: codeOf(uri, 1) })).toBe(null)
    expect(await identities.confirmCode(identity, codeOf(renewed))).toBe(true)
    const tried = { account: 'frida', password: 'another one that is long', code: codeOf(renewed, 1) }
    expect(await identities.byPassword(tried)).toBe(identity)
  })

  test('an identity that is removed proves nothing any more', async () => {
    const { identity, uri } = await enrolled('gert')
    await identities.remove(identity)
    expect(await identities.byPassword({ account: 'gert', password: PASSWORD, code: codeOf(uri, 1) })).toBe(null)
  })

  test('no password is in the database, no secret of codes either, and no session of the library is left', async () => {
    const { uri } = await enrolled('hanna')
    const tables = ['people_identity_account', 'people_identity_code', 'people_identity_verification'] as const
    for (const table of tables) {
      const { rows } = await ground.database.asInstallation(trx =>
        sql<object>`select row_to_json(t) as row from ${sql.table(table)} t`.execute(trx),
      )
      const text = JSON.stringify(rows)
      expect(text).not.toContain(PASSWORD)
      expect(text).not.toContain(new URL(uri).searchParams.get('secret'))
    }
    const { rows } = await ground.database.asInstallation(trx =>
      sql<object>`select * from people_identity_session`.execute(trx),
    )
    expect(rows).toEqual([])
  })
})
