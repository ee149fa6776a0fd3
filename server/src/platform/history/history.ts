import { eventLeaf, statementLeaf } from '@vidne/evidence/leaf'
import type { OpenEvent } from '@vidne/evidence/event'
import type { EventType } from '@vidne/evidence/event-types'
import type { PublicStatement } from '@vidne/evidence/statement'
import type { Clock } from '../clock.ts'
import { afterCommit, type Trx } from '../database/door.ts'
import { historyKeyId, uuidv7 } from '../identifiers.ts'
import { stillWords, type Still } from '../still.ts'
import { beforeFirst, brokenAt, extend, type Appended, type Happening } from './chain.ts'
import { OpeningDamaged, sealOpening, unsealOpening } from './openings.ts'
import * as store from './store.ts'

export type { Appended } from './chain.ts'
export type { ChainKind, PendingLeaf } from './store.ts'

/** The part of the vault that history needs: the subject's key, by `historyKeyId(subject)`. */
export type HistoryKeys = { key(id: string): Promise<Uint8Array> }

/** An event that has just been written, told to its subscribers inside the same transaction. */
export type Happened = { readonly agency: string; readonly subject: string; readonly event: OpenEvent }

export type Beginning = {
  readonly agency: string
  /** UUID of the recording, agency or installation. */
  readonly subject: string
  readonly kind: store.ChainKind
  /** 32 bytes; for a recording `captureId(manifest)`, else random. */
  readonly captureId: Uint8Array
  readonly firstType: EventType
  readonly pol: Uint8Array
  readonly fields: Happening['fields']
}

export type React = (trx: Trx, happened: readonly Happened[]) => Promise<void>

export type Entry = Happening & { readonly subject: string }

/** Every chain of events. An event stands in the transaction of the change it records, or not at all. */
export interface History {
  /** Starts a chain with its event 0. The subject's history key must be in the vault. Throws when the chain exists. */
  begin(trx: Trx, beginning: Beginning): Promise<Appended>
  /** Starts many chains in two statements. Throws when one of them exists. */
  beginMany(trx: Trx, beginnings: readonly Beginning[]): Promise<Appended[]>
  /** Adds an event; the chain's head stays locked until the transaction ends. Throws ChainUnknown. */
  append(trx: Trx, entry: Entry): Promise<Appended>
  /** Adds many events, to one chain or several, in the order given and in two statements. Throws ChainUnknown. */
  appendMany(trx: Trx, entries: readonly Entry[]): Promise<Appended[]>
  /**
   * Locks chains as `append` does. Whoever locks rows of his own for a chain that he appends to takes the chain first, since
   * a subscriber finds it locked already: else two would wait for each other.
   */
  lock(trx: Trx, subjects: readonly string[]): Promise<void>
  /** Queues a public statement for the log. */
  publish(trx: Trx, statement: PublicStatement): Promise<void>
  /**
   * The whole chain, decrypted, each event checked against its row and its predecessor; empty when there is no such
   * chain here. Throws OpeningDamaged, HistoryErased, and what the vault throws for a key that is gone.
   */
  of(trx: Trx, subject: string): Promise<OpenEvent[]>
  /** Forgets a chain's openings. The database refuses it (VD001) before the chain has its event `tombstone-erased`. */
  erase(trx: Trx, subject: string): Promise<void>
  /** Calls `react` in the transaction of the events of this type, with those that one call wrote; its failure rolls back both. */
  subscribe(type: EventType, react: React): void
  /** Calls `wake` after each commit that left leaves waiting. Only a hint: another process may have left some too. */
  onCommitted(wake: () => void): void
  /** How many leaves wait for their number. asInstallation. */
  waiting(trx: Trx): Promise<number>
  /** Takes up to `most` waiting leaves, oldest first, out of the queue. For the sequencer alone. asInstallation. */
  take(trx: Trx, most: number): Promise<store.PendingLeaf[]>
  /** Which of these labels the database cannot show the event of: what a restored database lacks. asInstallation. */
  missing(trx: Trx, labels: readonly Uint8Array[]): Promise<Uint8Array[]>
}

/** An event was to be added to a chain that this agency does not have. */
export class ChainUnknown extends Error {
  override readonly name = 'ChainUnknown'
}

/** The tombstone of this subject was erased; nothing of its history can be read any more. */
export class HistoryErased extends Error {
  override readonly name = 'HistoryErased'
}

/** The log stands still: an event written now might be one that its true database has already, under the same label (G6). */
export class LogStandsStill extends Error {
  override readonly name = 'LogStandsStill'
  readonly still: Still

  constructor(still: Still) {
    super(stillWords('en', still))
    this.still = still
  }
}

export type HistoryGround = {
  /** `logId(origin)`, 32 bytes. */
  readonly log: Uint8Array
  readonly clock: Clock
  readonly keys: HistoryKeys
  /** Why nothing may be written now; null, and where it is absent, when it may. */
  readonly standsStill?: () => Still | null
}

/** Everything that writes throws LogStandsStill while `standsStill` gives a reason. */
export function openHistory(ground: HistoryGround): History {
  return new Chains(ground)
}

class Chains implements History {
  readonly #log: Uint8Array
  readonly #clock: Clock
  readonly #keys: HistoryKeys
  readonly #standsStill: () => Still | null
  readonly #subscribers = new Map<EventType, React[]>()
  readonly #wakes: (() => void)[] = []

  constructor({ log, clock, keys, standsStill }: HistoryGround) {
    this.#log = log
    this.#clock = clock
    this.#keys = keys
    this.#standsStill = standsStill ?? (() => null)
  }

  async begin(trx: Trx, beginning: Beginning): Promise<Appended> {
    return only(await this.beginMany(trx, [beginning]))
  }

  async beginMany(trx: Trx, beginnings: readonly Beginning[]): Promise<Appended[]> {
    if (beginnings.length === 0) return []
    this.#demandStanding()
    const keys = await this.#keysOf(beginnings.map(({ subject }) => subject))
    const at = this.#clock.now()
    const begun = beginnings.map(({ agency, subject, kind, captureId, firstType, pol, fields }) => {
      const first = extend(this.#log, beforeFirst(this.#log, captureId), { type: firstType, pol, fields }, at)
      return { agency, subject, kind, captureId, at, key: there(keys, subject), ...first }
    })
    await store.insertChains(trx, begun)
    await this.#write(trx, begun, [])
    return begun.map(({ appended }) => appended)
  }

  async append(trx: Trx, entry: Entry): Promise<Appended> {
    return only(await this.appendMany(trx, [entry]))
  }

  async appendMany(trx: Trx, entries: readonly Entry[]): Promise<Appended[]> {
    if (entries.length === 0) return []
    this.#demandStanding()
    const subjects = [...new Set(entries.map(entry => entry.subject))]
    // Keys first: reading the vault while the heads are locked would make every other writer wait for its disk.
    const keys = await this.#keysOf(subjects)
    const heads = new Map((await store.lockHeads(trx, subjects)).map(head => [head.subject, head]))
    const at = this.#clock.now()
    const written = entries.map(entry => {
      const { subject } = entry
      const [before, key] = [heads.get(subject), keys.get(subject)]
      if (before === undefined || key === undefined) throw new ChainUnknown(`no chain of ${subject} here`)
      const { appended, head } = extend(this.#log, before, entry, at)
      heads.set(subject, { ...before, ...head })
      return { agency: before.agency, subject, appended, key }
    })
    await this.#write(trx, written, [...heads.values()])
    return written.map(({ appended }) => appended)
  }

  async lock(trx: Trx, subjects: readonly string[]): Promise<void> {
    await store.lockHeads(trx, subjects)
  }

  async publish(trx: Trx, statement: PublicStatement): Promise<void> {
    this.#demandStanding()
    await store.insertStatement(trx, statementLeaf(statement))
    afterCommit(this.#wake)
  }

  async of(trx: Trx, subject: string): Promise<OpenEvent[]> {
    const rows = await store.eventsOf(trx, subject)
    if (rows.length === 0) return []
    const key = await this.#keys.key(historyKeyId(subject))
    const events = rows.map(({ seq, opening }) => {
      if (opening === null) throw new HistoryErased(`the history of ${subject} was erased`)
      return unsealOpening(key, subject, seq, opening)
    })
    const broken = brokenAt(events, rows)
    if (broken !== null)
      throw new OpeningDamaged(`event ${broken} of ${subject} does not follow from the one before it`)
    return events
  }

  async erase(trx: Trx, subject: string): Promise<void> {
    await store.forgetOpenings(trx, subject)
  }

  subscribe(type: EventType, react: React): void {
    this.#subscribers.set(type, [...(this.#subscribers.get(type) ?? []), react])
  }

  onCommitted(wake: () => void): void {
    this.#wakes.push(wake)
  }

  async waiting(trx: Trx): Promise<number> {
    return store.countPending(trx)
  }

  async take(trx: Trx, most: number): Promise<store.PendingLeaf[]> {
    return store.takePending(trx, most)
  }

  async missing(trx: Trx, labels: readonly Uint8Array[]): Promise<Uint8Array[]> {
    return store.labelsMissing(trx, labels)
  }

  #demandStanding(): void {
    const still = this.#standsStill()
    if (still !== null) throw new LogStandsStill(still)
  }

  readonly #wake = (): void => {
    for (const wake of this.#wakes) wake()
  }

  async #keysOf(subjects: readonly string[]): Promise<Map<string, Uint8Array>> {
    const found = subjects.map(async subject => [subject, await this.#keys.key(historyKeyId(subject))] as const)
    return new Map(await Promise.all(found))
  }

  async #write(trx: Trx, written: readonly Written[], heads: readonly store.SubjectHead[]): Promise<void> {
    const rows = written.map(one => this.#row(one))
    await store.insertEvents(trx, rows, heads)
    afterCommit(this.#wake)
    await this.#tell(
      trx,
      written.map(({ agency, subject, appended }) => ({ agency, subject, event: appended.event })),
    )
  }

  async #tell(trx: Trx, happened: readonly Happened[]): Promise<void> {
    for (const [type, among] of Map.groupBy(happened, ({ event }) => event.core.type)) {
      for (const react of this.#subscribers.get(type) ?? []) await react(trx, among)
    }
  }

  #row({ agency, subject, appended, key }: Written): store.NewEvent {
    const { event, label, commitment } = appended
    const { seq, type, at } = event.core
    const opening = sealOpening(key, subject, event)
    const leaf = eventLeaf(label, commitment)
    return { id: uuidv7(this.#clock), agency, subject, seq, label, commitment, type, at, opening, leaf }
  }
}

type Written = {
  readonly agency: string
  readonly subject: string
  readonly appended: Appended
  readonly key: Uint8Array
}

function only(appended: readonly Appended[]): Appended {
  const [one] = appended
  if (one === undefined) throw new Error('an event was lost on the way')
  return one
}

function there(keys: ReadonlyMap<string, Uint8Array>, subject: string): Uint8Array {
  const key = keys.get(subject)
  if (key === undefined) throw new Error(`the vault gave no key for ${subject}`)
  return key
}
