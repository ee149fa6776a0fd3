import { NO_POLICY, type OpenEvent, disclose } from '@vidne/evidence/event'
import { toHex } from '@vidne/evidence/bytes'
import type { Language } from '@vidne/locales/say'
import { valueWords } from '@vidne/locales/tell'
import type { PolicyPack } from '@vidne/policies/pack'
import { wordsFor } from '@vidne/policies/words'
import type { Dock, Fact } from '../dock/dock.ts'
import { type Actor, type People, may } from '../people/people.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Trx } from '../platform/database/door.ts'
import type { History } from '../platform/history/history.ts'
import { type Form, type Track, type Views, trackIn } from '../review/review.ts'
import type { Access, Rules } from '../rules/rules.ts'
import { type Account, tellAccount } from '../share/share.ts'
import { type Row, findRow, placesOf } from './store.ts'
import { type WhoMaySee, whoMaySee } from './who-may-see.ts'

export type PageGround = {
  readonly database: Database
  readonly clock: Clock
  readonly history: History
  readonly people: Pick<People, 'allowed' | 'noteListing' | 'staff' | 'agency'>
  readonly rules: Rules
  readonly access: Access
  /** How many leaves of the log somebody has countersigned. */
  readonly countersignedLeaves: () => number
  readonly dock: Pick<Dock, 'facts'>
  readonly views: Pick<Views, 'form'>
}

export type PageRefusal = 'not-allowed' | 'no-such-recording'

/** One recording with what it takes to look at it. */
export type FoundPage = {
  readonly row: Row
  readonly facts: readonly Fact[]
  readonly form: Form
  readonly zone: string
  readonly countersignedLeaves: number
}

/** Where an event stands on its way: received → sealed → countersigned. */
export type EventState = 'received' | 'sealed' | 'countersigned'

export type Happened = Account['events'][number] & {
  readonly seq: number
  readonly type: string
  readonly at: number
  readonly state: EventState
  readonly index: number | null
}

/** Somebody who looked; `purpose` and `case` null also where the reader may not read them. */
export type Viewer = {
  readonly view: string
  readonly name: string
  readonly roles: readonly string[]
  readonly at: number
  readonly until: number
  readonly purpose: string | null
  readonly case: string | null
  readonly whole: boolean
}

export type PageAccount = Omit<Account, 'events'> & {
  readonly events: readonly Happened[]
  readonly viewers: readonly Viewer[]
  readonly track: (Track & Pick<Fact, 'source' | 'parser'>) | null
}

/** What the page of one recording shows. Reads only; each answer asks the list first, and is noted as a listing. */
export interface RecordingPage {
  find(actor: Actor, recording: string): Promise<FoundPage | PageRefusal>
  account(actor: Actor, recording: string, language: Language): Promise<PageAccount | PageRefusal>
  access(actor: Actor, recording: string, language: Language): Promise<WhoMaySee | PageRefusal>
}

export function openRecordingPage(ground: PageGround): RecordingPage {
  const { database, people, access } = ground
  const asked = async <T>(
    actor: Actor,
    recording: string,
    answer: (trx: Trx, row: Row) => Promise<T>,
  ): Promise<T | PageRefusal> => {
    if (!(await people.allowed(actor, 'list', recording))) return 'not-allowed'
    await people.noteListing(actor, 'list', recording)
    return database.asAgency(actor.agency, async trx => {
      const row = await findRow(trx, await access.seer(trx, actor), recording)
      return row === null ? 'no-such-recording' : answer(trx, row)
    })
  }
  return {
    find: (actor, recording) => asked(actor, recording, (trx, row) => findPage(trx, ground, actor, row)),
    account: (actor, recording, language) =>
      asked(actor, recording, trx => accountOf(trx, ground, { actor, recording, language })),
    access: (actor, recording, language) =>
      asked(actor, recording, trx => whoMaySee(trx, ground, { actor, recording, language })),
  }
}

async function findPage(trx: Trx, ground: PageGround, actor: Actor, row: Row): Promise<FoundPage> {
  return {
    row,
    facts: await ground.dock.facts(trx, row.id),
    form: (await ground.views.form(trx, actor, row.id)) ?? { purposes: [], refused: 'not-allowed' },
    zone: await zoneOf(trx, ground, actor.agency),
    countersignedLeaves: ground.countersignedLeaves(),
  }
}

async function zoneOf(trx: Trx, { people }: PageGround, agency: string): Promise<string> {
  return (await people.agency(trx, agency))?.zone ?? 'UTC'
}

type Asking = { readonly actor: Actor; readonly recording: string; readonly language: Language }

async function accountOf(trx: Trx, ground: PageGround, { actor, recording, language }: Asking): Promise<PageAccount> {
  const events = await ground.history.of(trx, recording)
  const agency = await ground.people.agency(trx, actor.agency)
  if (events.length === 0 || agency === null) return { facts: [], standing: [], events: [], viewers: [], track: null }
  const reads = may(actor, 'read-questions')
  const shown = reads ? events : events.map(event => disclose(event, name => !ABOUT_PERSONS.has(name)))
  const policies = await policiesNamed(trx, ground, actor.agency, events)
  const told = tellAccount({ recording, events: shown, policies, agency, language })
  const places = await placesOf(trx, recording)
  const countersigned = ground.countersignedLeaves()
  const happened = shown.flatMap(({ core }, seq): Happened[] => {
    const words = told.events[seq]
    const index = places.get(seq) ?? null
    if (words === undefined) return []
    return [{ ...words, seq, type: core.type, at: core.at, index, state: stateOf(index, countersigned) }]
  })
  const track = trackAmong(await ground.dock.facts(trx, recording))
  return { ...told, events: happened, viewers: viewersOf(shown, language), track }
}

function trackAmong(facts: readonly Fact[]): PageAccount['track'] {
  const fact = facts.find(({ name }) => name === 'track')
  const track = fact === undefined ? null : trackIn(fact.value)
  return fact === undefined || track === null ? null : { ...track, source: fact.source, parser: fact.parser }
}

/** Who asked for what and why is about persons: a wearer is told who looked at his recording, and not what for. */
const ABOUT_PERSONS: ReadonlySet<string> = new Set([
  'purpose',
  'case',
  'reason',
  'recipient',
  'basis',
  'offence',
  'asked-by',
  'about',
])

function stateOf(index: number | null, countersigned: number): EventState {
  if (index === null) return 'received'
  return index < countersigned ? 'countersigned' : 'sealed'
}

async function policiesNamed(
  trx: Trx,
  { rules }: PageGround,
  agency: string,
  events: readonly OpenEvent[],
): Promise<Map<string, PolicyPack>> {
  const named = new Set(events.map(({ core }) => core.pol))
  named.delete(toHex(NO_POLICY))
  const all = await rules.policies(trx, agency)
  return new Map(all.flatMap(({ pol, pack }) => (named.has(toHex(pol)) ? [[toHex(pol), pack] as const] : [])))
}

function viewersOf(events: readonly OpenEvent[], language: Language): Viewer[] {
  return events
    .filter(({ core }) => core.type === 'viewed')
    .map(event => viewerOf(event, language))
    .toReversed()
}

function viewerOf({ core, fields }: OpenEvent, language: Language): Viewer {
  const said = new Map(fields.map(({ name, value }) => [name, value]))
  const text = (name: string): string | null => {
    const value = said.get(name)
    return typeof value === 'string' ? value : null
  }
  const [roles, until, range, purpose] = [said.get('roles'), said.get('until'), said.get('range'), text('purpose')]
  return {
    view: text('view') ?? '',
    name: text('actor') ?? '',
    roles: (Array.isArray(roles) ? roles : []).flatMap(role =>
      typeof role === 'string' ? [valueWords(language, 'role', role) ?? role] : [],
    ),
    at: core.at,
    until: typeof until === 'number' ? until : core.at,
    purpose: purpose === null ? null : (wordsFor(language, 'purpose', purpose) ?? purpose),
    case: text('case'),
    whole: Array.isArray(range) && range[0] === 0,
  }
}
