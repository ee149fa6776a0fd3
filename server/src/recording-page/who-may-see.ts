import { wordsFor } from '@vidne/policies/words'
import type { Language } from '@vidne/locales/say'
import type { ViewLeaf } from '@vidne/policies/viewing'
import { valueWords } from '@vidne/locales/tell'
import { valuesAt } from '@vidne/policies/validity'
import { type Actor, type StaffEntry, isRole, may } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { type Grant, type PolicyInForce, type Seer, mayView } from '../rules/rules.ts'
import { type Found, foundBy } from './store.ts'
import type { PageGround } from './recording-page.ts'

/** By what somebody finds a recording on his list. */
export type Way = 'role' | 'unit' | 'own' | 'granted'

export type Knower = {
  readonly name: string
  /** In words. */
  readonly roles: readonly string[]
  readonly ways: readonly Way[]
  readonly looks: boolean
  readonly until: number | null
  readonly reason: string | null
}

export type WhoMaySee = {
  readonly you: readonly Way[]
  readonly people: readonly Knower[]
  readonly more: number
  readonly rules: readonly {
    readonly words: string
    readonly roles: readonly string[]
    readonly never: boolean
    readonly source: string
  }[]
}

/** Each of them is a question to the database; a page of names is read by nobody. */
const MOST_PERSONS = 200
const AT_ONCE = 40

type Asking = { readonly actor: Actor; readonly recording: string; readonly language: Language }

/**
 * Who knows of a recording, and by what. Each person is asked of the access predicate itself, way by way: an answer made by other means
 * could tell something else than the list does.
 */
export async function whoMaySee(
  trx: Trx,
  ground: PageGround,
  { actor, recording, language }: Asking,
): Promise<WhoMaySee> {
  const { people, rules, access } = ground
  const staff = (await people.staff.of(trx, actor.agency)).filter(one => !one.machine && may(one, 'list'))
  const asked = staff.slice(0, MOST_PERSONS)
  const policy = await rules.policyInForce(trx, actor.agency, undefined, await access.unitOf(trx, recording))
  const grants = await access.grants(trx, recording)
  const seers = await seersOf(trx, ground, actor.agency, asked)
  const found = await inPortions(seers, some => foundBy(trx, some, recording))
  const look = looker(policy, ground.clock.now())
  const reads = may(actor, 'read-questions')
  const knowers = asked.flatMap((person, place) => {
    const ways = waysOf(found[place], seers[place])
    return ways.length === 0 ? [] : [knower({ person, ways, looks: look(person, ways), grants, reads }, language)]
  })
  const [own] = await foundBy(trx, [await access.seer(trx, actor)], recording)
  return {
    you: waysOf(own, await access.seer(trx, actor)),
    people: knowers,
    more: staff.length - asked.length,
    rules: rulesOf(policy, ground.clock.now(), language),
  }
}

function seersOf(
  trx: Trx,
  { access }: Pick<PageGround, 'access'>,
  agency: string,
  staff: readonly StaffEntry[],
): Promise<Seer[]> {
  // One after the other: a transaction has one connection.
  return staff.reduce<Promise<Seer[]>>(async (before, { id, name, roles }) => {
    const all = await before
    return [...all, await access.seer(trx, { agency, person: id, name, roles, token: '' })]
  }, Promise.resolve([]))
}

async function inPortions<T, R>(all: readonly T[], act: (some: readonly T[]) => Promise<R[]>): Promise<R[]> {
  const done: R[] = []
  for (let at = 0; at < all.length; at += AT_ONCE) done.push(...(await act(all.slice(at, at + AT_ONCE))))
  return done
}

function waysOf(found: Found | undefined, seer: Pick<Seer, 'unit'> | undefined): Way[] {
  if (found === undefined) return []
  const { role, own, granted } = found
  const byRole: Way = seer?.unit === null ? 'role' : 'unit'
  return [...(role ? [byRole] : []), ...(own ? (['own'] as const) : []), ...(granted ? (['granted'] as const) : [])]
}

type Look = (person: Pick<StaffEntry, 'roles'>, ways: readonly Way[]) => boolean

/** Whether the policy opens the footage to somebody for any purpose, everything said that it may want to hear. */
function looker({ pack }: PolicyInForce, now: number): Look {
  const purposes = valuesAt(pack.purposes, now, pack.zone.v)
  return ({ roles }, ways) =>
    purposes.some(({ v }) => {
      const wish = { purpose: v, case: 'x', ownReport: true }
      return mayView(pack, { roles, now }, wish, { own: ways.includes('own'), incident: true, viewed: false }).may
    })
}

type Told = { person: StaffEntry; ways: Way[]; looks: boolean; grants: readonly Grant[]; reads: boolean }

function knower({ person, ways, looks, grants, reads }: Told, language: Language): Knower {
  const { name, roles } = person
  const his = ways.includes('granted')
    ? grants.filter(
        one => one.person === person.id || (one.role !== null && isRole(one.role) && roles.includes(one.role)),
      )
    : []
  const last = his.toSorted((a, b) => b.until - a.until)[0]
  const words = roles.map(role => roleWords(language, role))
  return { name, roles: words, ways, looks, until: last?.until ?? null, reason: reads ? (last?.reason ?? null) : null }
}

function rulesOf({ pack }: PolicyInForce, now: number, language: Language): WhoMaySee['rules'] {
  return valuesAt(Object.values(pack.view), now, pack.zone.v).map((rule: ViewLeaf) => ({
    words: wordsFor(language, 'view', rule.v) ?? rule.v,
    roles: rule.roles.map(role => roleWords(language, role)),
    never: rule.never === true,
    source: rule.s,
  }))
}

function roleWords(language: Language, role: string): string {
  return valueWords(language, 'role', role) ?? role
}
