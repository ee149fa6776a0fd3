import { firstMoment, lastMoment } from '@vidne/policies/day'
import { type InstallationKey, ofInstallation } from '@vidne/locales/installation'
import { ofAnswers } from '@vidne/locales/answers'
import { api } from '../api.ts'
import type { Database, Trx } from '../platform/database/door.ts'
import type { Act, Actor, Delegation, Member, People, Training, UnitRefusal } from './people.ts'
import { refusedIn } from '../platform/http/refused.ts'

const iso = (at: number) => new Date(at).toISOString()

/** Units, the training register, and who may confirm in whose place. `zoneOf`: in which time zone an agency's days are. */
export function registerRoutes(people: People, database: Database, zoneOf: ZoneOf) {
  const as: As = (actor, work) => database.asAgency(actor.agency, work)
  const refused = async (actor: Actor, act: Act): Promise<boolean> => !(await people.allowed(actor, act))
  return {
    units: unitRoutes(people, as, refused),
    trainings: trainingRoutes(people, { as, refused, zoneOf }),
    delegations: delegationRoutes(people, { as, refused, zoneOf }),
  }
}

type As = <T>(actor: Actor, work: (trx: Trx) => Promise<T>) => Promise<T>
type Refused = (actor: Actor, act: Act) => Promise<boolean>
type ZoneOf = (agency: string) => Promise<string>
type Asked = { readonly as: As; readonly refused: Refused; readonly zoneOf: ZoneOf }

function unitRoutes(people: People, as: As, refused: Refused) {
  return {
    list: api.units.list.handler(async ({ context: { actor, about }, errors }) => {
      if (await refused(actor, 'see-policy'))
        throw errors.NOT_ALLOWED({ data: { sentence: ofAnswers(about.language, 'notAllowed') } })
      return as(actor, trx => people.units.standing(trx, actor.agency))
    }),
    make: api.units.make.handler(async ({ input, context: { actor, about }, errors }) => {
      if (await refused(actor, 'manage-units'))
        throw errors.NOT_ALLOWED(refusedIn(about, 'register', 'units-not-allowed'))
      return as(actor, trx => people.units.named(trx, actor, input.name))
    }),
    rename: api.units.rename.handler(async ({ input, context: { actor, about }, errors }) => {
      if (await refused(actor, 'manage-units'))
        throw errors.NOT_ALLOWED(refusedIn(about, 'register', 'units-not-allowed'))
      const renamed = await as(actor, trx => people.units.rename(trx, actor, { unit: input.id, name: input.name }))
      if (typeof renamed !== 'string') return renamed
      throw errors[UNIT_CODES[renamed]]({ data: { sentence: ofInstallation(about.language, UNIT_WORDS[renamed], {}) } })
    }),
    end: api.units.end.handler(async ({ input, context: { actor, about }, errors }) => {
      if (await refused(actor, 'manage-units'))
        throw errors.NOT_ALLOWED(refusedIn(about, 'register', 'units-not-allowed'))
      const ended = await as(actor, trx => people.units.end(trx, actor, input.id))
      if (ended === 'ended') return { state: ended }
      throw errors[UNIT_CODES[ended]]({ data: { sentence: ofInstallation(about.language, UNIT_WORDS[ended], {}) } })
    }),
    assign: api.units.assign.handler(async ({ input, context: { actor, about }, errors }) => {
      if (await refused(actor, 'manage-units'))
        throw errors.NOT_ALLOWED(refusedIn(about, 'register', 'units-not-allowed'))
      const missing = await as(actor, async trx => {
        const unit = input.unit === null ? null : await people.units.called(trx, actor.agency, input.unit)
        if (unit === null && input.unit !== null) return 'unit' as const
        const member = await memberOf(trx, people, actor, input)
        if (member === null) return 'person' as const
        await people.units.assign(trx, actor, { member, unit })
        return null
      })
      if (missing !== null) throw errors.NOT_FOUND(refusedIn(about, 'register', `no-such-${missing}`))
      return { state: 'assigned' as const }
    }),
  }
}

const UNIT_CODES = { 'no-such-unit': 'NOT_FOUND', taken: 'CONFLICT', 'in-use': 'CONFLICT' } as const
const UNIT_WORDS = {
  'no-such-unit': 'people.noSuchUnit',
  taken: 'people.unitTaken',
  'in-use': 'people.unitInUse',
} as const satisfies Record<UnitRefusal, InstallationKey>

type Named = { person: string } | { camera: string }

async function memberOf(trx: Trx, people: People, { agency }: Actor, named: Named): Promise<Member | null> {
  if ('camera' in named) return { camera: named.camera }
  const person = await people.person(trx, agency, named.person)
  return person === null ? null : { person: person.id }
}

function trainingRoutes(people: People, { as, refused, zoneOf }: Asked) {
  const shown = ({ completedAt, recordedAt, ...rest }: Training) => ({
    ...rest,
    completedAt: iso(completedAt),
    recordedAt: iso(recordedAt),
  })
  return {
    list: api.trainings.list.handler(async ({ context: { actor, about }, errors }) => {
      if (await refused(actor, 'see-training'))
        throw errors.NOT_ALLOWED(refusedIn(about, 'register', 'training-not-shown'))
      await people.noteListing(actor, 'see-training')
      return (await as(actor, trx => people.registers.trainings(trx, actor.agency))).map(shown)
    }),
    record: api.trainings.record.handler(async ({ input, context: { actor, about }, errors }) => {
      if (await refused(actor, 'record-training'))
        throw errors.NOT_ALLOWED(refusedIn(about, 'register', 'training-not-allowed'))
      const wish = { ...input, completedAt: firstMoment(input.completedAt, await zoneOf(actor.agency)) }
      const recorded = await as(actor, trx => people.registers.recordTraining(trx, actor, wish))
      if (recorded === 'in-the-future') throw errors.ODD_INPUT(refusedIn(about, 'register', 'in-the-future'))
      return shown(recorded)
    }),
    revoke: api.trainings.revoke.handler(async ({ input, context: { actor, about }, errors }) => {
      if (await refused(actor, 'record-training'))
        throw errors.NOT_ALLOWED(refusedIn(about, 'register', 'training-not-allowed'))
      if (!(await as(actor, trx => people.registers.revokeTraining(trx, actor, input.id))))
        throw errors.NOT_FOUND(refusedIn(about, 'register', 'no-such-training'))
      return { state: 'revoked' as const }
    }),
  }
}

function delegationRoutes(people: People, { as, refused, zoneOf }: Asked) {
  const shown = (one: Delegation) => ({ ...one, since: iso(one.since), until: iso(one.until) })
  return {
    list: api.delegations.list.handler(async ({ context: { actor, about }, errors }) => {
      if (await refused(actor, 'see-approvals'))
        throw errors.NOT_ALLOWED(refusedIn(about, 'register', 'delegations-not-shown'))
      return (await as(actor, trx => people.delegations.of(trx, actor.agency))).map(shown)
    }),
    delegate: api.delegations.delegate.handler(async ({ input, context: { actor, about }, errors }) => {
      if (await refused(actor, 'delegate'))
        throw errors.NOT_ALLOWED(refusedIn(about, 'register', 'nothing-to-delegate'))
      const until = lastMoment(input.until, await zoneOf(actor.agency))
      const made = await as(actor, trx => people.delegations.delegate(trx, actor, { to: input.to, until }))
      if (typeof made === 'string') throw errors.ODD_INPUT(refusedIn(about, 'register', made))
      return { ...made, until: iso(until) }
    }),
    end: api.delegations.end.handler(async ({ input, context: { actor, about }, errors }) => {
      if (!(await as(actor, trx => people.delegations.end(trx, actor, input.id))))
        throw errors.NOT_FOUND(refusedIn(about, 'register', 'no-such-delegation'))
      return { state: 'ended' as const }
    }),
  }
}
