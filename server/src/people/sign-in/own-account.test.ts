import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { onEachEngine } from '../../platform/testing/databases.ts'
import { peopleTrial, setClock } from '../testing/an-agency.ts'
import { openIdentities } from './identities.ts'
import { openLibrary } from './library.ts'
import { openOwnAccount } from './own-account.ts'
import { openSession } from './sessions.ts'
import { type SessionMethod, signInTables } from './store.ts'

const MINUTE = 60_000
const ORIGIN = 'http://localhost:8420'

onEachEngine('an account, by whoever it is of', ground => {
  const wall = setClock('2026-11-21T08:00:00Z')
  const kept = () => ({ database: ground.database, wall, secret: 's'.repeat(43), oidc: null })
  const identities = () => openIdentities(kept(), ORIGIN)

  /** Somebody with an account, in a session that began now; and what is noted of them. */
  async function seated(method: SessionMethod) {
    const trial = await peopleTrial(ground, wall)
    const { operatorActor } = await trial.found(`Agency ${randomUUID()}`)
    const { agency, person } = operatorActor
    const identity = await identities().named(randomUUID())
    const { id } = await ground.database.asAgency(agency, async trx => {
      const account = { id: randomUUID(), agency, person, identity, opened_at: new Date(wall.at), closed_at: null }
      await signInTables(trx).insertInto('people_account').values(account).execute()
      return openSession(trx, wall, { agency, person, method, client: 'a browser' })
    })
    const noted: string[] = []
    const own = openOwnAccount(
      { database: ground.database, wall, identities, note: async ({ outcome }) => void noted.push(outcome) },
      { actor: { ...operatorActor, token: id }, address: '192.0.2.1' },
    )
    return { own, identity, noted }
  }

  async function passkeyOf(identity: string): Promise<string> {
    const { adapter } = await openLibrary(kept(), ORIGIN).$context
    const made = await adapter.create<Record<string, unknown>, { id: string }>({
      model: 'passkey',
      data: {
        publicKey: 'key',
        userId: identity,
        credentialID: randomUUID(),
        counter: 0,
        deviceType: 'singleDevice',
        backedUp: false,
        createdAt: new Date(wall.at),
      },
    })
    return made.id
  }

  test('takes a further passkey only from who signed in a quarter of an hour ago at most', async () => {
    const { own, identity } = await seated('passkey')
    const id = await passkeyOf(identity)
    expect(await own.look()).toMatchObject({ fresh: true, passkeys: [{ id, name: null, synced: false }] })
    expect(await own.askPasskey('Somebody')).toMatchObject({ cookies: [expect.any(String)] })
    wall.at += 15 * MINUTE
    expect(await own.look()).toMatchObject({ fresh: false })
    expect(await own.askPasskey('Somebody')).toEqual({ refused: 'not-fresh' })
    expect(await own.addPasskey({ cookie: '', response: {}, name: 'Theirs' })).toEqual({ refused: 'not-fresh' })
    expect(await own.removePasskey(id)).toEqual({ refused: 'not-fresh' })
  })

  test('never loses its last way in, also where two are removed at the same time', async () => {
    const { own, identity, noted } = await seated('passkey')
    const ids = [await passkeyOf(identity), await passkeyOf(identity)]
    expect(await own.namePasskey({ id: ids[0]!, name: 'Telephone' })).toBe('done')
    const answers = await Promise.all(ids.map(id => own.removePasskey(id)))
    expect(answers).toContainEqual('done')
    expect(answers).toContainEqual({ refused: 'last-way' })
    expect((await own.look())?.passkeys).toHaveLength(1)
    expect(noted).toEqual(['passkey-removed'])
    expect(await own.removePasskey(randomUUID())).toEqual({ refused: 'no-such-passkey' })
  })

  test('does not reach the passkeys of somebody else', async () => {
    const [mine, theirs] = [await seated('passkey'), await seated('passkey')]
    await passkeyOf(mine.identity)
    const id = await passkeyOf(theirs.identity)
    await passkeyOf(theirs.identity)
    expect(await mine.own.removePasskey(id)).toEqual({ refused: 'no-such-passkey' })
    expect(await mine.own.namePasskey({ id, name: 'Mine' })).toEqual({ refused: 'no-such-passkey' })
    expect((await theirs.own.look())?.passkeys).toHaveLength(2)
  })

  test('is nobody’s who took a place in a rehearsal', async () => {
    const { own } = await seated('persona')
    expect(await own.look()).toBeNull()
    expect(await own.askPasskey('Somebody')).toEqual({ refused: 'no-account' })
  })
})
