import { endOfDay, firstMoment, isDay, lastMoment } from '@vidne/policies/day'
import { ofAnswers } from '@vidne/locales/answers'
import { gatesAt } from '@vidne/policies/versions'
import { wordsFor } from '@vidne/policies/words'
import { tellRule } from '@vidne/locales/rules'
import { looseningWords, overrideRefusalWords, policyChangeWords } from '@vidne/locales/policy-words'
import type { Language } from '@vidne/locales/say'
import { api } from '../api.ts'
import type { Actor, People } from '../people/people.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/door.ts'
import type { About } from '../platform/http/about.ts'
import { toBeAccepted } from './gate.ts'
import { NoPolicy } from './published.ts'
import type { Draft, DraftRefusal, PolicyInForce, Publishing, Replaying, Rules } from './rules.ts'

const iso = (at: number) => new Date(at).toISOString()

type Doors = {
  readonly rules: Rules
  readonly publishing: Publishing
  readonly replaying: Replaying
  readonly people: People
  readonly database: Database
  readonly clock: Clock
  /** In which time zone an agency's days are. */
  readonly zoneOf: (agency: string) => Promise<string>
}

type Input = { override: Record<string, unknown>; unit?: string | undefined; since?: string | undefined }

/** The policy in force, its versions, drafts, publication, replay and acceptance. */
export function rulesRoutes(doors: Doors) {
  return { ...readingRoutes(doors), ...draftRoutes(doors) }
}

function readingRoutes({ rules, people, database, clock, zoneOf }: Doors) {
  // Everybody who works under rules reads them; who has no role any more works under none.
  const mayNot = async (actor: Actor) => !(await people.allowed(actor, 'see-policy'))
  const notAllowed = ({ language }: About) => ({ data: { sentence: ofAnswers(language, 'notAllowed') } })
  return {
    show: api.policy.show.handler(async ({ input, context: { actor, about }, errors }) => {
      if (await mayNot(actor)) throw errors.NOT_ALLOWED(notAllowed(about))
      const at = input.at === undefined ? clock.now() : lastMoment(input.at, await zoneOf(actor.agency))
      const found = await database.asAgency(actor.agency, async trx => {
        const unit = input.unit === undefined ? null : await people.units.called(trx, actor.agency, input.unit)
        if (unit === null && input.unit !== undefined) return null
        const own = unit?.id ?? (input.unit === undefined ? await people.units.ofPerson(trx, actor.person) : null)
        const policy = await inForceOrNot(rules.policyInForce(trx, actor.agency, at, own))
        if (policy === null) return 'no-policy' as const
        const { agency, person } = actor
        const accepted = await people.registers.hasAccepted(trx, { agency, person, policy: policy.pol })
        const acceptance = (await toBeAccepted(trx, rules, agency, policy)) ? 'wanted' : 'not-needed'
        const version = versionOf(policy, await namesOf(trx, people, actor))
        return {
          ...version,
          accepted,
          acceptance,
          policy: { ...policy.pack },
          gates: gatesIn(policy, at, about.language),
        } as const
      })
      if (found === null)
        throw errors.NOT_FOUND({ data: { sentence: refusalSentence(about.language, { because: 'no-such-unit' }) } })
      if (found === 'no-policy')
        throw errors.NOT_FOUND({ data: { sentence: ofAnswers(about.language, 'rules.no-policy-then') } })
      return found
    }),
    versions: api.policy.versions.handler(async ({ context: { actor, about }, errors }) => {
      if (await mayNot(actor)) throw errors.NOT_ALLOWED(notAllowed(about))
      return database.asAgency(actor.agency, async trx => {
        const names = await namesOf(trx, people, actor)
        return (await rules.policies(trx, actor.agency)).map(policy => versionOf(policy, names))
      })
    }),
    accept: api.policy.accept.handler(async ({ input, context: { actor, about }, errors }) => {
      if (await mayNot(actor)) throw errors.NOT_ALLOWED(notAllowed(about))
      const policy = Buffer.from(input.digest, 'hex')
      const accepted = await database.asAgency(actor.agency, async trx => {
        const known = (await rules.policies(trx, actor.agency)).some(({ digest }) => digest === input.digest)
        return known ? people.registers.accept(trx, actor, policy) : null
      })
      if (accepted === null)
        throw errors.NOT_FOUND({
          data: { sentence: ofAnswers(about.language, 'rules.no-such-version') },
        })
      return { state: accepted ? ('accepted' as const) : ('had-it' as const) }
    }),
  }
}

/** What a camera on a wall that starts at a moment has to show first, wherever it looks. */
function gatesIn({ pack }: PolicyInForce, at: number, language: Language) {
  return gatesAt(pack, at, { workplace: true }).map(({ v, f, s, onlyWorkplace }) => ({
    gate: v,
    text: tellRule(language, 'duty.gate', { gate: wordsFor(language, 'gate', v) ?? v }),
    onlyWorkplace: onlyWorkplace === true,
    flag: f,
    source: s,
  }))
}

async function inForceOrNot(found: Promise<PolicyInForce>): Promise<PolicyInForce | null> {
  try {
    return await found
  } catch (error) {
    if (error instanceof NoPolicy) return null
    throw error
  }
}

function draftRoutes({ publishing, replaying, people, database, zoneOf }: Doors) {
  const mayNot = async (actor: Actor) => !(await people.allowed(actor, 'publish-policy'))
  const notAllowed = ({ language }: About) => ({
    data: { sentence: refusalSentence(language, { because: 'not-allowed' }) },
  })
  const draftOf = async ({ override, unit, since }: Input, { agency }: Actor): Promise<Draft> => ({
    override,
    unit: unit ?? null,
    since: since === undefined ? null : firstMoment(since, await zoneOf(agency)),
  })
  return {
    draft: api.policy.draft.handler(async ({ input, context: { actor, about }, errors }) => {
      if (await mayNot(actor)) throw errors.NOT_ALLOWED(notAllowed(about))
      const considered = await publishing.consider(actor, await draftOf(input, actor))
      if (considered.state === 'refused')
        throw errors[refusalCode(considered)]({ data: { sentence: refusalSentence(about.language, considered) } })
      const names = await database.asAgency(actor.agency, trx => namesOf(trx, people, actor))
      const { before, after, changes } = considered
      return {
        before: versionOf(before, names),
        after: versionOf(after, names),
        changes: changes.map(change => ({ path: change.path, text: policyChangeWords(about.language, change) })),
        policy: { ...after.pack },
      }
    }),
    publish: api.policy.publish.handler(async ({ input, context: { actor, about }, errors }) => {
      if (await mayNot(actor)) throw errors.NOT_ALLOWED(notAllowed(about))
      const asked = await publishing.ask(actor, { ...(await draftOf(input, actor)), reason: input.reason })
      if (asked.state === 'refused')
        throw errors[refusalCode(asked)]({ data: { sentence: refusalSentence(about.language, asked) } })
      return { ...asked, deadline: iso(asked.deadline) }
    }),
    replay: api.policy.replay.handler(async ({ input, context: { actor, about }, errors }) => {
      if (await mayNot(actor)) throw errors.NOT_ALLOWED(notAllowed(about))
      const span = spanOf(input, await zoneOf(actor.agency))
      const replayed = await replaying.replay(actor, await draftOf(input, actor), span)
      if (replayed.state === 'refused')
        throw errors[refusalCode(replayed)]({ data: { sentence: refusalSentence(about.language, replayed) } })
      return {
        situations: replayed.situations,
        changed: replayed.changed.map(one => ({ ...one, differs: [...one.differs], at: iso(one.at) })),
      }
    }),
  }
}

/** The end is left out: of a day that is named as the last, nothing is. */
function spanOf({ from, to }: { from: string; to: string }, zone: string): { from: number; to: number } {
  return { from: firstMoment(from, zone), to: isDay(to) ? endOfDay(to, zone) + 1000 : Date.parse(to) }
}

type Names = ReadonlyMap<string, string>

async function namesOf(trx: Parameters<People['units']['of']>[0], people: People, { agency }: Actor): Promise<Names> {
  return new Map((await people.units.of(trx, agency)).map(({ id, name }) => [id, name]))
}

function versionOf({ digest, pack, unit, since }: PolicyInForce, names: Names) {
  return {
    digest,
    pack: pack.id,
    title: pack.title,
    unit: unit === null ? null : (names.get(unit) ?? unit),
    since: iso(since),
  }
}

function refusalCode({ because }: DraftRefusal): 'NOT_ALLOWED' | 'NOT_FOUND' | 'CONFLICT' | 'ODD_INPUT' {
  if (because === 'not-allowed') return 'NOT_ALLOWED'
  if (because === 'no-such-unit') return 'NOT_FOUND'
  return because === 'nothing-changes' || because === 'later-version' || because === 'looser' ? 'CONFLICT' : 'ODD_INPUT'
}

function refusalSentence(language: Language, refused: DraftRefusal): string {
  const say = (values: Record<string, string> = {}) => ofAnswers(language, `rules.${refused.because}`, values)
  switch (refused.because) {
    case 'odd-override':
      return say({ faults: refused.faults.map(one => overrideRefusalWords(language, one)).join(' ') })
    case 'looser':
      return say({ loosenings: refused.loosenings.map(one => looseningWords(language, one)).join(' ') })
    case 'later-version':
      return say({ since: iso(refused.since) })
    case 'no-reason':
    case 'no-such-unit':
    case 'not-allowed':
    case 'nothing-changes':
    case 'since-is-past':
      return say()
  }
}
