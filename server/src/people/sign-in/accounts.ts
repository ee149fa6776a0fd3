import type { Trx } from '../../platform/database/door.ts'
import type { Clock } from '../../platform/clock.ts'
import { uuidv7 } from '../../platform/identifiers.ts'
import { actorFields } from '../actor-fields.ts'
import type { Grounded } from '../ground.ts'
import type { Actor } from '../roles.ts'
import { endSessions } from './sessions.ts'
import { signInTables } from './store.ts'

/** An account that lets somebody in. */
export type Account = {
  readonly id: string
  readonly agency: string
  readonly person: string
  readonly identity: string
}

/** Whose identity it is; null where it lets nobody in, or no longer. asInstallation. */
export async function accountOf(trx: Trx, identity: string): Promise<Account | null> {
  const row = await signInTables(trx)
    .selectFrom('people_account')
    .select(['id', 'agency', 'person', 'identity'])
    .where('identity', '=', identity)
    .where('closed_at', 'is', null)
    .executeTakeFirst()
  return row ?? null
}

/** Opens a person's account; one they had before is closed, with all sessions it had. Says which identity that was. asAgency. */
export async function openAccount(
  trx: Trx,
  ground: Grounded & { wall: Clock },
  p: { agency: string; person: string; name: string; identity: string },
): Promise<string | null> {
  const { agency, person, identity } = p
  const before = await closeAccount(trx, ground, { agency, person, by: null })
  await signInTables(trx)
    .insertInto('people_account')
    .values({
      id: uuidv7(ground.clock),
      agency,
      person,
      identity,
      opened_at: new Date(ground.clock.now()),
      closed_at: null,
    })
    .execute()
  const fields = [
    { name: 'to', value: person },
    { name: 'to-name', value: p.name },
  ]
  await ground.history.append(trx, { subject: agency, type: 'account-opened', pol: ground.pol, fields })
  return before
}

/** Closes somebody's account and ends all their sessions; the identity it had, null where there was none. asAgency. */
export async function closeAccount(
  trx: Trx,
  ground: Grounded & { wall: Clock },
  { agency, person, by }: { agency: string; person: string; by: Actor | null },
): Promise<string | null> {
  const [closed] = await signInTables(trx)
    .updateTable('people_account')
    .set({ closed_at: new Date(ground.clock.now()) })
    .where('agency', '=', agency)
    .where('person', '=', person)
    .where('closed_at', 'is', null)
    .returning('identity')
    .execute()
  await endSessions(trx, ground.wall, { agency, person })
  if (closed === undefined) return null
  const name = await signInTables(trx)
    .selectFrom('people_person')
    .select('name')
    .where('id', '=', person)
    .executeTakeFirstOrThrow()
  const fields = [{ name: 'to', value: person }, { name: 'to-name', value: name.name }, ...actorFields(by)]
  await ground.history.append(trx, { subject: agency, type: 'account-closed', pol: ground.pol, fields })
  return closed.identity
}
