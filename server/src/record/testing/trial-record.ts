import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import type { OperationRow, ReviewRow, SituationRow } from '@vidne/contract/record'
import type { PolicyPack } from '@vidne/policies/pack'
import { packById } from '@vidne/policies/packs'
import { openHouse } from '../../compose.ts'
import { begin, patch } from '../../dock/testing/client.ts'
import { found } from '../../founding.ts'
import { type Ground, openGround } from '../../ground.ts'
import { settingsOf } from '../../operations/quiet-ground.ts'
import type { Role } from '../../people/people.ts'
import { silentLogger } from '../../platform/http/logging.ts'
import { openMetrics } from '../../platform/http/metrics.ts'
import { freshPlace } from '../../platform/testing/databases.ts'
import type { Engine } from '../../platform/database/door.ts'
import { policyDigest } from '../../rules/rules.ts'
import { openWeb } from '../../web.ts'

export const HOUR = 3_600_000
export const DAY = 24 * HOUR
export const iso = (at: number): string => new Date(at).toISOString()

export const REASON = 'a reason that is long enough for anybody'

export type Refused = { code: string; data: { sentence: string } }

/** What an installation answered: refusals are what some tests wait for. */
export type Said<T> = { readonly status: number; readonly said: T }

/** A rehearsal installation on one engine, served over HTTP, with a clock that a test sets. */
export class RecordTrial {
  readonly #closers: (() => Promise<void>)[] = []
  #people = 0
  ground!: Ground
  house!: Awaited<ReturnType<typeof openHouse>>
  url!: string

  static async open(engine: Engine): Promise<RecordTrial> {
    const trial = new RecordTrial()
    const place = await freshPlace(engine, 'empty')
    trial.#closers.push(place.remove)
    const data = join(place.folder, 'data')
    const where = { origin: undefined, vault: undefined, objects: undefined, database: place.url ?? undefined }
    await found({ data, agency: 'Prøvekommunen', pack: 'uk-met', rehearsal: true, ...where }, silentLogger)
    const settings = { ...settingsOf(data), port: 0, readMedia: false }
    trial.ground = await openGround(settings, silentLogger)
    trial.#closers.push(() => trial.ground.close())
    trial.house = await openHouse(trial.ground)
    trial.#closers.push(() => trial.house.close())
    const shell = await openWeb({
      settings,
      standing: { house: trial.house },
      metrics: openMetrics(),
      log: silentLogger,
    })
    trial.#closers.push(() => shell.close())
    trial.url = shell.url
    return trial
  }

  /** Another agency of the installation, under a pack as changed. */
  async agency(packId: string, change: Partial<PolicyPack> = {}): Promise<TrialAgency> {
    const known = packById(packId)
    if (known === null) throw new Error(`there is no pack ${packId}`)
    const pack = { ...known, ...change }
    const { people, rules, database } = this.ground
    const zone = pack.zone.v
    const id = await people.newAgencyId()
    const founding = { id, name: 'Trial', zone, pack: packId, pol: policyDigest(pack, zone), operator: 'Kim Clerk' }
    const founded = await database.asAgency(id, async trx => {
      const made = await people.createAgency(trx, founding)
      await rules.adopt(trx, id, pack, zone)
      return made
    })
    return new TrialAgency(this, id, { clerk: founded.operator.token, dock: founded.dock.token })
  }

  now(): number {
    return this.ground.clock.now()
  }

  /** Lets the installation's clock go on by so much, and what runs by it each hour look once. */
  async later(agency: TrialAgency, ms: number): Promise<void> {
    await this.ground.rehearsal?.set(this.now() + ms)
    await this.house.record.lookForDeviations(agency.id)
  }

  async ask<T>(token: string, method: string, path: string, body?: object): Promise<Said<T>> {
    const answer = await fetch(`${this.url}/api${path}`, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: answer.status, said: (await answer.json()) as T }
  }

  /** A name that no person of the trial has yet. */
  someName(role: string): string {
    this.#people += 1
    return `${role} ${this.#people}`
  }

  async close(): Promise<void> {
    for (const closer of this.#closers.splice(0).toReversed()) await closer()
  }
}

export type Footage = {
  readonly wearer?: string
  readonly camera?: string
  /** Epoch milliseconds by the camera's clock; null: it says nothing. */
  readonly at: number | null
}

/** An agency of the trial: what its people ask over HTTP. */
export class TrialAgency {
  readonly trial: RecordTrial
  readonly id: string
  readonly clerk: string
  readonly dock: string

  constructor(trial: RecordTrial, id: string, tokens: { clerk: string; dock: string }) {
    Object.assign(this, tokens)
    this.trial = trial
    this.id = id
    this.clerk = tokens.clerk
    this.dock = tokens.dock
  }

  /** The token of a new person in that role; names do not come twice unless they are given. */
  async person(role: Role, name = this.trial.someName(role)): Promise<string> {
    const wish = { person: name, role, expires: '2099-12-31T00:00:00Z' }
    return (await this.must<{ token: string }>(this.clerk, 'POST', '/tokens', wish)).token
  }

  ask<T = Refused>(token: string, method: string, path: string, body?: object): Promise<Said<T>> {
    return this.trial.ask<T>(token, method, path, body)
  }

  /** As `ask`, where anything but success is a broken test. */
  async must<T>(token: string, method: string, path: string, body?: object): Promise<T> {
    const { status, said } = await this.trial.ask<T>(token, method, path, body)
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(said)}`)
    return said
  }

  /** An operation of eight hours from now on, which the Danish pack wants recorded. */
  order(commander: string, wish: object = {}): Promise<OperationRow> {
    const now = this.trial.now()
    return this.must<OperationRow>(commander, 'POST', '/operations', {
      title: 'Night at the harbour',
      task: 'selected_operation',
      from: iso(now),
      until: iso(now + 8 * HOUR),
      orderedBy: 'Vagtchef 4',
      participants: [{ wearer: 'PB 117' }],
      ...wish,
    })
  }

  /** What happens now, unless it says otherwise. */
  report(who: string, wish: object): Promise<SituationRow> {
    return this.must<SituationRow>(who, 'POST', '/situations', { at: iso(this.trial.now()), ...wish })
  }

  situations(recording: string): Promise<SituationRow[]> {
    return this.must(this.clerk, 'GET', `/situations?recording=${recording}`)
  }

  /** Those of a kind, of all kinds where none is named. */
  async reviews(supervisor: string, kind?: ReviewRow['kind'], state = 'open'): Promise<ReviewRow[]> {
    const all = await this.must<ReviewRow[]>(supervisor, 'GET', `/reviews?state=${state}`)
    return kind === undefined ? all : all.filter(review => review.kind === kind)
  }

  /** Docks a file as a camera's dock does, and waits until it is sealed. */
  async docks({ wearer, camera = 'CAM-1', at }: Footage): Promise<string> {
    const { url } = this.trial
    const bytes = randomBytes(2000)
    const clocks = at === null ? [] : [{ source: 'name of the file', at }]
    const pairs = {
      path: 'DCIM/clip.mp4',
      camera,
      clocks: JSON.stringify(clocks),
      ...(wearer === undefined ? {} : { wearer }),
    }
    const upload = await begin(url, bytes.length, pairs, this.dock)
    const answer = await patch(upload, 0, bytes, {}, this.dock)
    const recording = answer.headers['vidne-recording']
    if (typeof recording !== 'string') throw new Error(`not docked: ${answer.status} ${answer.text}`)
    for (let look = 0; look < 600; look++) {
      const receipt = await fetch(`${upload}/receipt`, { headers: { authorization: `Bearer ${this.dock}` } })
      await receipt.arrayBuffer()
      if (receipt.status === 200) return recording
      await pause(50)
    }
    throw new Error('no receipt came')
  }

  /** A parser has read how long the footage is, as the dock writes it down. */
  async mediaRead(recording: string, durationMs: number): Promise<void> {
    const { database, history, rules } = this.trial.ground
    await database.asAgency(this.id, async trx => {
      await sql`insert into dock_fact (agency, recording, ord, name, value, source, parser)
        values (${this.id}::uuid, ${recording}::uuid, 0, 'duration-ms', ${String(durationMs)}::jsonb, 'mvhd', 'test')`.execute(
        trx,
      )
      const { pol } = await rules.policyInForce(trx, this.id)
      await history.append(trx, { subject: recording, type: 'indexed', pol, fields: [] })
    })
  }

  /** The events of a recording (or of the agency's own chain), each with its disclosed fields by name. */
  async told(subject: string): Promise<{ type: string; pol: string; [field: string]: unknown }[]> {
    const { database, history } = this.trial.ground
    const events = await database.asAgency(this.id, trx => history.of(trx, subject))
    return events.map(({ core, fields }) => ({
      ...Object.fromEntries(fields.map(({ name, value }) => [name, value])),
      type: core.type,
      pol: core.pol,
    }))
  }
}
