// The vault on files: changes wait in one line, reads do not wait.

import { isUuid } from '../identifiers.ts'
import { writeBackup } from './backup.ts'
import { checkVault } from './check.ts'
import { commitBatch, openSlot, type Asked } from './commit.ts'
import { destroyHour, destroyKey, replayDestructions } from './destroy.ts'
import { loadVault, repairCopies } from './load.ts'
import {
  hourOf,
  VaultDamaged,
  VaultInUse,
  VaultLocked,
  type BackupVerdict,
  type DestroyVerdict,
  type KeyAsked,
  type KeyDestruction,
  type KeyKind,
  type Recognition,
  type Vault,
  type VaultFinding,
  type VaultPosition,
} from './port.ts'
import { demandBothCopies, demandSlot, type VaultPlace, type VaultState } from './state.ts'

const LARGEST_BATCH = 1024
// Far below what the formats hold, and low enough to catch milliseconds that were meant to be hours.
const HIGHEST_HOUR = 100_000_000

export class FileVault implements Vault {
  readonly #place: VaultPlace
  readonly #unlock: () => Promise<void>
  #state: VaultState
  #asked: Asked[] = []
  #flushWaits = false
  #line: Promise<unknown> = Promise.resolve()
  #closed = false
  #lost: VaultInUse | null = null

  constructor(place: VaultPlace, state: VaultState, unlock: () => Promise<void>) {
    this.#place = place
    this.#state = state
    this.#unlock = unlock
  }

  async create(p: {
    agency: string
    keys: readonly KeyAsked[]
    expires: number | null
  }): Promise<Map<string, Uint8Array>> {
    demandUuids([p.agency, ...p.keys.map(key => key.id)])
    const hour = expiryHour(p.expires)
    if (new Set(p.keys.map(key => key.id)).size !== p.keys.length) throw new TypeError('a key is asked for twice')
    if (p.keys.length === 0) return new Map()
    return new Promise((done, failed) => {
      this.#ask({ what: 'create', agency: p.agency, keys: p.keys, hour, done, failed })
    })
  }

  async rewrap(p: { id: string; agency: string; expires: number | null }): Promise<void> {
    demandUuids([p.agency, p.id])
    const hour = expiryHour(p.expires)
    return new Promise((done, failed) => {
      this.#ask({ what: 'rewrap', id: p.id, agency: p.agency, hour, done, failed })
    })
  }

  async key(id: string): Promise<Uint8Array> {
    demandUuids([id])
    for (;;) {
      this.#demandOpen()
      if (this.#state.header.awaitsReplay) {
        throw new VaultLocked('the vault was restored from a backup; it waits to be told what was destroyed since')
      }
      const index = demandSlot(this.#state, id)
      const cached = this.#place.cache.get(id)
      if (cached !== null) return new Uint8Array(cached)
      const state = this.#state
      const before = Buffer.from(state.table.at(index))
      const key = await openSlot(state, index).catch((error: unknown) =>
        error instanceof VaultDamaged ? error : raise(error),
      )
      // While the wrapping key was read, this key may have been moved or destroyed: then look again.
      if (this.#state !== state || !before.equals(state.table.at(index))) continue
      if (key instanceof VaultDamaged) throw key
      this.#demandOpen()
      this.#place.cache.put(id, key)
      return new Uint8Array(key)
    }
  }

  async under(agency: string, hour: number): Promise<string[]> {
    demandUuids([agency])
    demandHour(hour)
    this.#demandOpen()
    const { table } = this.#state
    return table
      .under(agency, hour)
      .map(index => table.get(index).id)
      .toSorted()
  }

  async hours(agency: string): Promise<number[]> {
    demandUuids([agency])
    this.#demandOpen()
    return this.#state.table.hours(agency)
  }

  async held(kind: KeyKind): Promise<string[]> {
    this.#demandOpen()
    const { table } = this.#state
    const slots = [...table.held()].map(index => table.get(index))
    return slots.filter(slot => slot.kind === kind).map(slot => slot.id)
  }

  async destroyHour(p: { agency: string; hour: number; approved: readonly string[] }): Promise<DestroyVerdict> {
    demandUuids([p.agency, ...p.approved])
    demandHour(p.hour)
    return this.#change(state => destroyHour(this.#place, state, p))
  }

  async destroyKey(id: string): Promise<KeyDestruction> {
    demandUuids([id])
    return this.#change(state => destroyKey(this.#place, state, id))
  }

  async destructions(): Promise<string[]> {
    this.#demandOpen()
    return this.#state.journal.tombstones()
  }

  async replayDestructions(tombstones: Iterable<string>): Promise<number> {
    return this.#change(async state => {
      const destroyed = await replayDestructions(this.#place, state, tombstones)
      if (state.header.awaitsReplay) await this.#writeHeader(state, { ...state.header, awaitsReplay: false })
      return destroyed
    })
  }

  async backup(folder: string, p: { expires: number }): Promise<BackupVerdict> {
    return this.#change(state => writeBackup(this.#place, state, folder, p.expires))
  }

  async isEmpty(): Promise<boolean> {
    this.#demandOpen()
    return this.#state.table.keys === 0
  }

  async check(): Promise<VaultFinding[]> {
    return this.#inLine(() => checkVault(this.#place, this.#state))
  }

  async repair(): Promise<VaultFinding[]> {
    return this.#inLine(async () => {
      if (this.#state.fatal !== null) throw this.#state.fatal
      this.#state.stale = true
      await this.#closeState()
      try {
        await repairCopies(this.#place)
      } finally {
        this.#state = await loadVault(this.#place)
      }
      // Loaded once more, so that what was just repaired is not reported as a finding.
      await this.#closeState()
      this.#state = await loadVault(this.#place)
      await this.#state.wrappings.heal(this.#state.copies)
      return checkVault(this.#place, this.#state)
    })
  }

  async position(): Promise<VaultPosition> {
    this.#demandOpen()
    return { vault: this.#state.header.vault, commit: this.#state.commit }
  }

  async claim(installation: string): Promise<'claimed' | 'was-ours' | 'other'> {
    return this.#change(async state => {
      demandBothCopies(state)
      const found = state.header.installation
      if (found !== null) return found === installation ? 'was-ours' : 'other'
      await this.#writeHeader(state, { ...state.header, installation })
      return 'claimed'
    })
  }

  async recognises(installation: string): Promise<Recognition> {
    const found = await this.marker()
    if (found === null) return 'missing'
    return found === installation ? 'yes' : 'other'
  }

  async marker(): Promise<string | null> {
    this.#demandOpen()
    return this.#state.header.installation
  }

  async close(): Promise<void> {
    if (this.#closed) return
    const last = this.#inLine(async () => this.#closeState())
    this.#closed = true
    await last
    this.#place.cache.clear()
    this.#place.master.fill(0)
    await this.#unlock()
  }

  /** The lock was lost to another process: what it writes must not be overwritten. */
  stopWriting(): void {
    this.#lost = new VaultInUse(this.#place.folders[0], 'another process took it over')
  }

  #demandOpen(): void {
    if (this.#closed) throw new VaultLocked('the vault is closed')
  }

  #ask(asked: Asked): void {
    if (this.#closed) return asked.failed(new VaultLocked('the vault is closed'))
    this.#asked.push(asked)
    if (this.#flushWaits) return
    this.#flushWaits = true
    void this.#inLine(() => this.#flush())
  }

  // Everybody who asks while one batch is being written travels in the next one.
  async #flush(): Promise<void> {
    this.#flushWaits = false
    while (this.#asked.length > 0) {
      const batch = this.#takeBatch()
      try {
        const state = await this.#changeable()
        demandBothCopies(state)
        await commitBatch(state, batch, this.#place.clock)
      } catch (error) {
        for (const asked of batch) asked.failed(error)
      }
    }
  }

  // A key can be moved once in a batch: the second move has to see the first.
  #takeBatch(): Asked[] {
    const moving = new Set<string>()
    let count = 0
    for (const asked of this.#asked.slice(0, LARGEST_BATCH)) {
      if (asked.what === 'rewrap' && moving.has(asked.id)) break
      if (asked.what === 'rewrap') moving.add(asked.id)
      count += 1
    }
    return this.#asked.splice(0, count)
  }

  async #change<T>(work: (state: VaultState) => Promise<T>): Promise<T> {
    return this.#inLine(async () => work(await this.#changeable()))
  }

  async #inLine<T>(work: () => Promise<T>): Promise<T> {
    this.#demandOpen()
    const turn = this.#line.then(work)
    this.#line = turn.catch(() => undefined)
    return turn
  }

  /** The state to change; read anew where an earlier change failed half-way. */
  async #changeable(): Promise<VaultState> {
    if (this.#lost !== null) throw this.#lost
    if (this.#state.fatal !== null) throw this.#state.fatal
    if (!this.#state.stale) return this.#state
    const fresh = await loadVault(this.#place)
    await this.#closeState()
    this.#state = fresh
    return fresh
  }

  async #closeState(): Promise<void> {
    for (const copy of this.#state.copies) await copy.close()
    this.#state.wrappings.close()
  }

  async #writeHeader(state: VaultState, header: VaultState['header']): Promise<void> {
    for (const copy of state.copies) await copy.writeHeader(header)
    state.header = header
  }
}

function raise(error: unknown): never {
  throw error
}

function demandUuids(ids: readonly string[]): void {
  for (const id of ids) if (!isUuid(id)) throw new TypeError(`not a uuid: ${JSON.stringify(id).slice(0, 80)}`)
}

function demandHour(hour: number): void {
  if (!Number.isInteger(hour) || hour < 0 || hour > HIGHEST_HOUR) {
    throw new RangeError(`not an hour: ${hour} (whole hours since the epoch, as hourOf() gives)`)
  }
}

function expiryHour(expires: number | null): number | null {
  if (expires === null) return null
  if (!Number.isSafeInteger(expires) || expires < 0) throw new RangeError(`not a time of expiry: ${expires}`)
  const hour = hourOf(expires)
  demandHour(hour)
  return hour
}
