import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { sql } from 'kysely'
import { captureId, logId } from '@vidne/evidence/event'
import type { PolicyPack } from '@vidne/policies/pack'
import { canonicalize } from '@vidne/evidence/jcs'
import { packById, publishedPolicy } from '@vidne/policies/packs'
import { createDock, type Dock } from '../../dock/dock.ts'
import { nameKey, openPeople, type Actor, type Answer, type People, type Role } from '../../people/people.ts'
import { setClock, type SetClock } from '../../people/testing/an-agency.ts'
import type { Database, Trx } from '../../platform/database/door.ts'
import { openHistory, type History } from '../../platform/history/history.ts'
import { silentLogger } from '../../platform/http/logging.ts'
import { historyKeyId } from '../../platform/identifiers.ts'
import { newObjectName, openObjects, type Objects } from '../../platform/objects/objects.ts'
import { KeyDestroyed, openVault, type Vault } from '../../platform/vault/vault.ts'
import { stillWords, type Still } from '../../platform/still.ts'
import type { LogStanding } from '../../seal/seal.ts'
import { openPublishing, openRules, policyDigest, type Draft, type Publishing, type Rules } from '../../rules/rules.ts'
import { openKeep, type Keep, type KeepGround, type RunReport } from '../keep.ts'

export const HOUR = 3_600_000
export const DAY = 24 * HOUR
export const NOON = '2026-06-01T12:00:00Z'

/** In the words that an English reader is shown; empty where nothing stands still. */
export const said = (still: Still | null): string => (still === null ? '' : stillWords('en', still))

export type Footage = {
  /** Against the clock at docking, in milliseconds; null: the camera does not say. */
  readonly recordedAgo?: number | null
  readonly proposedHold?: boolean
  readonly camera?: string
  readonly wearer?: string | null
}

type Place = { readonly database: Database; readonly folder: string }

/** What a test may take away or turn about. */
export type Strings = {
  standing: LogStanding
  deliberate: boolean
  leads: Awaited<ReturnType<KeepGround['clockLeads']>>
  vault: Partial<KeepGround['vault']>
}

/** Keep on a real database, a real folder of objects, a real file vault and the real dock's rows and eraser. */
export class KeepTrial {
  readonly clock: SetClock = setClock(NOON)
  readonly strings: Strings = { standing: 'ok', deliberate: true, leads: [], vault: {} }
  readonly installation = 'keep-trial'
  readonly #objectOf = new Map<string, string>()
  readonly place: Place
  /** Where this trial's objects and vault lie. */
  readonly folder: string
  readonly objects: Objects
  readonly vault: Vault
  history!: History
  rules!: Rules
  people!: People
  publishing!: Publishing
  dock!: Dock
  keep!: Keep
  ground!: KeepGround
  clerk!: Actor
  supervisor!: Actor

  private constructor(place: Place, folder: string, objects: Objects, vault: Vault) {
    this.place = place
    this.folder = folder
    this.objects = objects
    this.vault = vault
  }

  static async open(place: Place): Promise<KeepTrial> {
    const own = join(place.folder, randomUUID())
    const objects = await openObjects(join(own, 'objects'))
    const holder: { trial?: KeepTrial } = {}
    const clock = { now: () => holder.trial?.clock.now() ?? Date.parse(NOON) }
    const vault = await openVault({ copies: [join(own, 'a'), join(own, 'b')], master: Buffer.alloc(32, 1), clock })
    const trial = new KeepTrial(place, own, objects, vault)
    holder.trial = trial
    await objects.claim(trial.installation)
    await vault.claim(trial.installation)
    trial.start()
    await trial.keep.claim()
    return trial
  }

  /** Starts the program anew on what lies there, as after a crash. */
  start(erasers: Parameters<Keep['registerEraser']>[0][] = []): void {
    const { clock, vault, objects, strings } = this
    const { database } = this.place
    const history = openHistory({ log: logId('keep.test/log'), clock, keys: vault })
    const rules = openRules({ clock, history })
    const inForce = async (trx: Trx, agency: string) => (await rules.policyInForce(trx, agency)).pol
    const people = openPeople({ database, clock, history, vault, policyDigest: inForce })
    const ground: KeepGround = {
      database,
      clock,
      history,
      rules,
      objects,
      log: silentLogger,
      installation: this.installation,
      approvals: people.approvals,
      units: people.units,
      logStanding: () => strings.standing,
      deliberateLeap: () => strings.deliberate,
      clockLeads: () => strings.leads,
      vault: {
        key: id => (strings.vault.key ?? vault.key.bind(vault))(id),
        rewrap: p => (strings.vault.rewrap ?? vault.rewrap.bind(vault))(p),
        under: (agency, hour) => (strings.vault.under ?? vault.under.bind(vault))(agency, hour),
        destroyHour: p => (strings.vault.destroyHour ?? vault.destroyHour.bind(vault))(p),
        destroyKey: id => (strings.vault.destroyKey ?? vault.destroyKey.bind(vault))(id),
        replayDestructions: p => vault.replayDestructions(p),
        check: () => vault.check(),
        position: () => (strings.vault.position ?? vault.position.bind(vault))(),
        recognises: p => (strings.vault.recognises ?? vault.recognises.bind(vault))(p),
      },
    }
    const later: { dock?: Dock } = {}
    const unfinished: Dock['unfinished'] = async (trx, agency) => later.dock?.unfinished(trx, agency) ?? false
    const keep = openKeep({ ...ground, unfinished })
    const receiptOf = async () => null
    const deletedHere: Keep['deletedHere'] = (trx, files) => keep.deletedHere(trx, files)
    const dock = createDock({
      database,
      objects,
      vault,
      history,
      clock,
      receiptOf,
      deletedHere,
      clockInDoubt: agency => keep.clockInDoubt(agency),
      log: silentLogger,
      policyDigest: inForce,
      readMedia: null,
      limits: {},
    })
    later.dock = dock
    keep.registerEraser(dock.eraser)
    for (const eraser of erasers) keep.registerEraser(eraser)
    const publishing = openPublishing({ database, clock, history, people, rules })
    Object.assign(this, { history, rules, people, publishing, dock, keep, ground })
  }

  /** A new agency with a clerk and a supervisor; everything is as it should be again. */
  async newAgency(packId = 'uk-met', change: Partial<PolicyPack> = {}): Promise<void> {
    Object.assign(this.strings, { standing: 'ok', deliberate: true, leads: [], vault: {} })
    // Else what the keep of before has put off, the mark of a run above all, is done in the middle of this test.
    await this.keep.settled()
    this.start()
    const known = packById(packId)
    if (known === null) throw new Error(packId)
    const pack = { ...known, ...change }
    const agency = await this.people.newAgencyId()
    const zone = pack.zone.v
    const founding = {
      id: agency,
      name: 'Trial',
      zone,
      pack: packId,
      pol: policyDigest(pack, zone),
      operator: 'Kim Clerk',
    }
    const founded = await this.place.database.asAgency(agency, async trx => {
      const made = await this.people.createAgency(trx, founding)
      await this.rules.adopt(trx, agency, pack, zone)
      return made
    })
    this.clerk = await this.#signIn(founded.operator.token)
    this.supervisor = await this.person('Sam Supervisor', 'supervisor')
  }

  /** The agency publishes a further policy, as two persons of it do. Its recordings are reckoned under it. */
  async publish(change: (pack: PolicyPack) => PolicyPack, { woken = true } = {}): Promise<void> {
    this.clock.at += 1000
    const { agency, clock } = this
    await this.inAgency(async trx => {
      const before = await this.rules.policyInForce(trx, agency)
      const published = canonicalize(publishedPolicy(change(before.pack), before.pack.zone.v))
      const digest = createHash('sha256').update(published).digest()
      await sql`insert into rules_policy (agency, scope, since, digest, pack, published)
        values (${agency}::uuid, ${agency}::uuid, ${new Date(clock.at)}, ${digest}, ${before.pack.id}, ${published})`.execute(
        trx,
      )
      // Without the event nobody is woken, as when the program ends in that very moment.
      if (woken) await this.history.append(trx, { subject: agency, type: 'policy-published', pol: digest, fields: [] })
    })
    await this.keep.settled()
  }

  /** Two persons publish a version through the doors: one asks, the other confirms. What is kept is reckoned under it. */
  async publishByTwo(draft: Partial<Draft>): Promise<void> {
    this.clock.at += 1000
    const wish = { unit: null, since: null, override: {}, reason: 'our assessment', ...draft }
    const asked = await this.publishing.ask(this.clerk, wish)
    if (asked.state === 'refused') throw new Error(JSON.stringify(asked))
    const answer = await this.approve(asked.approval)
    if (answer.state !== 'done') throw new Error(JSON.stringify(answer))
  }

  /** Puts a camera into a unit, made where there is none of that name; null takes it out of any. */
  async assign(camera: string, unit: string | null): Promise<void> {
    await this.inAgency(async trx => {
      const found = unit === null ? null : await this.people.units.named(trx, this.clerk, unit)
      await this.people.units.assign(trx, this.clerk, { member: { camera }, unit: found })
    })
  }

  get agency(): string {
    return this.clerk.agency
  }

  async #signIn(token: string): Promise<Actor> {
    const found = await this.people.authenticate(`Bearer ${token}`)
    if (!found.holds) throw new Error(found.because)
    return found.actor
  }

  async person(name: string, role: Role): Promise<Actor> {
    const made = await this.inAgency(trx =>
      this.people.createToken(trx, this.clerk, { person: name, role, expires: null }),
    )
    if (!made.made) throw new Error(made.because)
    return this.#signIn(made.token)
  }

  inAgency<T>(work: (trx: Trx) => Promise<T>): Promise<T> {
    return this.place.database.asAgency(this.agency, work)
  }

  /** A sealed recording: keys, one object, rows and the event `sealed`, as the dock makes them. */
  async record({
    recordedAgo = 0,
    proposedHold = false,
    camera = 'cam-1',
    wearer = null,
  }: Footage = {}): Promise<string> {
    const { agency, clock } = this
    const recording = randomUUID()
    const keys = [
      { id: recording, kind: 'data' },
      { id: historyKeyId(recording), kind: 'history' },
    ] as const
    await this.vault.create({ agency, keys, expires: null })
    const object = newObjectName()
    const bytes = randomBytes(64)
    await this.objects.write(object, [bytes])
    this.#objectOf.set(recording, object)
    const received = new Date(clock.at)
    const recorded = recordedAgo === null ? null : new Date(clock.at - recordedAgo)
    const manifest = {
      v: 1 as const,
      salt: randomBytes(32).toString('hex'),
      level: 'gateway' as const,
      bytes: 64,
      sha256: randomBytes(32).toString('hex'),
      pieces: { size: 1_048_576 as const, count: 1, root: randomBytes(32).toString('hex') },
      media: { extension: 'mp4' },
    }
    await this.inAgency(async trx => {
      await sql`insert into dock_recording (id, agency, camera, wearer, wearer_key, path, bytes, sha256, level, received_at, recorded_at, proposed_hold)
        values (${recording}::uuid, ${agency}::uuid, ${camera}, ${wearer}, ${wearer === null ? null : nameKey(wearer)}, 'a.mp4', 64, ${Buffer.from(manifest.sha256, 'hex')}, 'gateway',
          ${received}, ${recorded}, ${proposedHold})`.execute(trx)
      await sql`insert into dock_part (agency, recording, part, object, plain_offset, plain_bytes)
        values (${agency}::uuid, ${recording}::uuid, 0, ${object}, 0, 64)`.execute(trx)
      const pol = (await this.rules.policyInForce(trx, agency)).pol
      const fields = [{ name: 'manifest', value: manifest }]
      await this.history.begin(trx, {
        agency,
        subject: recording,
        kind: 'recording',
        captureId: captureId(manifest),
        firstType: 'sealed',
        pol,
        fields,
      })
    })
    await this.keep.settled()
    return recording
  }

  /** A parser has read the media: what it says of the time, and how long it is. */
  async mediaRead(recording: string, facts: { recordedAt?: number; durationMs?: number }): Promise<void> {
    const { agency } = this
    await this.inAgency(async trx => {
      if (facts.recordedAt !== undefined) {
        await sql`update dock_recording set recorded_at = ${new Date(facts.recordedAt)} where id = ${recording}::uuid`.execute(
          trx,
        )
      }
      await sql`update dock_recording set read_state = 'read' where id = ${recording}::uuid`.execute(trx)
      if (facts.durationMs !== undefined) {
        await sql`insert into dock_fact (agency, recording, ord, name, value, source, parser)
          values (${agency}::uuid, ${recording}::uuid, 0, 'duration-ms', ${JSON.stringify(facts.durationMs)}::jsonb, 'mvhd', 'test')
          on conflict do nothing`.execute(trx)
      }
      const pol = (await this.rules.policyInForce(trx, agency)).pol
      await this.history.append(trx, { subject: recording, type: 'indexed', pol, fields: [] })
    })
    await this.keep.settled()
  }

  async hold(recording: string, by = this.clerk): Promise<Awaited<ReturnType<Keep['hold']>>> {
    return this.keep.hold(by, { recording, reason: 'needed for case 0100-12', review: null })
  }

  async release(recording: string): Promise<Answer | 'not-asked'> {
    const asked = await this.keep.askRelease(this.clerk, { recording, reason: 'case closed' })
    return asked.state === 'waiting' ? this.approve(asked.approval) : 'not-asked'
  }

  async approve(approval: string, actor = this.supervisor): Promise<Answer> {
    const answer = await this.inAgency(trx => this.people.approvals.answer(trx, { approval, actor }))
    await this.keep.settled()
    return answer
  }

  run(by: Actor | null = this.clerk): Promise<RunReport> {
    return this.keep.run(this.agency, by)
  }

  async state(
    recording: string,
  ): Promise<{ state: string; deleteAfter: number | null; rule: string; held: boolean; source: string }> {
    const { rows } = await this.inAgency(trx =>
      sql<{ state: string; delete_after: Date | null; rule: string; held: boolean; anchor_source: string }>`
        select * from keep_v_recording where recording = ${recording}::uuid`.execute(trx),
    )
    const row = rows[0]
    if (row === undefined) throw new Error('no deadline')
    const { state, rule, held, anchor_source: source } = row
    return { state, rule, held, source, deleteAfter: row.delete_after?.getTime() ?? null }
  }

  async keyIsThere(id: string): Promise<boolean> {
    return this.vault.key(id).then(
      () => true,
      (error: unknown) => {
        if (error instanceof KeyDestroyed) return false
        throw error
      },
    )
  }

  objectOf(recording: string): string {
    const object = this.#objectOf.get(recording)
    if (object === undefined) throw new Error('no such recording in this trial')
    return object
  }

  async bytesAreThere(recording: string): Promise<boolean> {
    return (await this.objects.size(this.objectOf(recording))) !== null
  }

  async told(recording: string): Promise<string[]> {
    return (await this.inAgency(trx => this.history.of(trx, recording))).map(event => event.core.type)
  }

  async field(recording: string, type: string, name: string): Promise<unknown> {
    const events = await this.inAgency(trx => this.history.of(trx, recording))
    return events.findLast(event => event.core.type === type)?.fields.find(field => field.name === name)?.value
  }

  async close(): Promise<void> {
    await this.keep.settled()
    await this.dock.close()
    await this.vault.close()
    await this.objects.close()
  }
}
