import { type InstallationKey, ofInstallation } from '@vidne/locales/installation'
import { api } from '../../api.ts'
import type { Database, Trx } from '../../platform/database/door.ts'
import type { Act, Actor, Invited, People, Role, RoleRefusal, RosterEntry } from '../people.ts'

const iso = (at: number) => new Date(at).toISOString()

/** The people of an agency: who they are, how they are let in, what they may do. */
export function personRoutes(people: People, database: Database) {
  const { signIn } = people
  const refused = async (actor: Actor, act: Act) => !(await people.allowed(actor, act))
  const inWords = (language: Parameters<typeof ofInstallation>[0], key: InstallationKey) => ({
    data: { sentence: ofInstallation(language, key, {}) },
  })
  return {
    list: api.people.list.handler(async ({ context: { actor, about }, errors }) => {
      if (await refused(actor, 'see-people')) throw errors.NOT_ALLOWED(inWords(about.language, 'people.notToSee'))
      await people.noteListing(actor, 'see-people')
      return (await database.asAgency(actor.agency, trx => signIn.roster(trx, actor))).map(shown)
    }),
    one: api.people.one.handler(async ({ input, context: { actor, about }, errors }) => {
      if (await refused(actor, 'see-people')) throw errors.NOT_ALLOWED(inWords(about.language, 'people.notToSee'))
      const found = await detailsOf(people, database, actor, input.id)
      if (found === null) throw errors.NOT_FOUND(inWords(about.language, 'people.noSuchPerson'))
      await people.noteListing(actor, 'see-people', input.id)
      return found
    }),
    invite: api.people.invite.handler(async ({ input, context: { actor, about }, errors }) => {
      if (await refused(actor, 'manage-people')) throw errors.NOT_ALLOWED(inWords(about.language, 'people.notToManage'))
      if (input.address !== null && !people.mail.sends) throw errors.CONFLICT(inWords(about.language, 'mail.notSetUp'))
      const invited = await database.asAgency(actor.agency, trx => inviteOne(trx, people, actor, input))
      if (invited === 'is-a-machine') throw errors.CONFLICT(inWords(about.language, 'people.isAMachine'))
      const { person, secret, ends, mailed } = invited
      return { person, link: `/invitation#${secret}`, ends: iso(ends), mailed }
    }),
    withdraw: api.people.withdraw.handler(async ({ input, context: { actor, about }, errors }) => {
      if (await refused(actor, 'manage-people')) throw errors.NOT_ALLOWED(inWords(about.language, 'people.notToManage'))
      if (!(await database.asAgency(actor.agency, trx => signIn.withdraw(trx, actor, input.id))))
        throw errors.NOT_FOUND(inWords(about.language, 'people.noInvitation'))
      return { state: 'withdrawn' as const }
    }),
    giveRole: api.people.giveRole.handler(async ({ input, context: { actor, about }, errors }) => {
      if (await refused(actor, 'manage-people')) throw errors.NOT_ALLOWED(inWords(about.language, 'people.notToManage'))
      const changed = await change(database, people, actor, { ...input, how: 'give' })
      if (changed !== 'changed') throw errors[CODES[changed]](inWords(about.language, SENTENCES[changed]))
      return { state: 'given' as const }
    }),
    takeRole: api.people.takeRole.handler(async ({ input, context: { actor, about }, errors }) => {
      if (await refused(actor, 'manage-people')) throw errors.NOT_ALLOWED(inWords(about.language, 'people.notToManage'))
      const changed = await change(database, people, actor, { ...input, how: 'take' })
      if (changed !== 'changed') throw errors[CODES[changed]](inWords(about.language, SENTENCES[changed]))
      return { state: 'taken' as const }
    }),
    closeAccount: api.people.closeAccount.handler(async ({ input, context: { actor, about }, errors }) => {
      if (await refused(actor, 'manage-people')) throw errors.NOT_ALLOWED(inWords(about.language, 'people.notToManage'))
      if (input.id === actor.person) throw errors.CONFLICT(inWords(about.language, 'people.ownAccount'))
      if (!(await signIn.closeAccount(actor, input.id)))
        throw errors.NOT_FOUND(inWords(about.language, 'people.noAccount'))
      return { state: 'closed' as const }
    }),
  }
}

const CODES = {
  'no-such-person': 'NOT_FOUND',
  'not-held': 'NOT_FOUND',
  'last-administrator': 'CONFLICT',
  'of-a-machine': 'CONFLICT',
} as const

const SENTENCES = {
  'no-such-person': 'people.noSuchPerson',
  'not-held': 'people.roleNotHeld',
  'last-administrator': 'people.lastAdministrator',
  'of-a-machine': 'people.isAMachine',
} as const satisfies Record<RoleRefusal, InstallationKey>

type Invitee = { name: string; roles: readonly Role[]; unit: string | null; address: string | null }

/** Invites somebody, puts them into their unit, and mails them the link where an address was given. */
async function inviteOne(
  trx: Trx,
  { signIn, units, mail }: People,
  actor: Actor,
  { name, roles, unit, address }: Invitee,
): Promise<(Invited & { mailed: boolean }) | 'is-a-machine'> {
  const { agency } = actor
  const made = await signIn.invite(trx, { agency, name, roles, by: actor })
  if (made === 'is-a-machine') return made
  const { person, secret, ends } = made
  if (unit !== null) await units.assign(trx, actor, { member: { person }, unit: await units.named(trx, actor, unit) })
  const mailed = address !== null && (await mail.invite(trx, { agency, person, address, secret, ends, by: actor }))
  return { ...made, mailed }
}

type Change = { id: string; role: Parameters<People['signIn']['changeRole']>[1]['role']; how: 'give' | 'take' }

function change(database: Database, people: People, actor: Actor, { id, role, how }: Change) {
  return database.asAgency(actor.agency, trx => people.signIn.changeRole(trx, { actor, person: id, role, how }))
}

async function detailsOf(people: People, database: Database, actor: Actor, id: string) {
  return database.asAgency(actor.agency, async trx => {
    const found = (await people.signIn.roster(trx, actor)).find(one => one.id === id)
    if (found === undefined) return null
    const asThem: Actor = { ...actor, person: id, roles: found.roles, name: found.name }
    const all = await people.registers.trainings(trx, actor.agency)
    return {
      ...shown(found),
      policyAccepted: (await people.kept(trx, asThem, 'export')) !== 'policy-not-accepted',
      trainings: all
        .filter(one => one.person === found.name)
        .map(({ course, completedAt, revoked }) => ({ course, completedAt: iso(completedAt), revoked })),
    }
  })
}

function shown({ roles, invitedUntil, since, ...rest }: RosterEntry) {
  return {
    ...rest,
    roles: [...roles],
    invitedUntil: invitedUntil === null ? null : iso(invitedUntil),
    since: iso(since),
  }
}
