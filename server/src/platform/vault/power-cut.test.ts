// The vault against a model: random keys are made, moved and destroyed, the power fails at random steps, and what is
// found afterwards must be what was acknowledged, in both copies, and no byte more of what was destroyed.

import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  aDisk,
  AGENCY,
  COPY_A,
  COPY_B,
  filesHolding,
  HOUR,
  NOON,
  openOn,
  OTHER_AGENCY,
  settableClock,
  slotsOn,
  type SettableClock,
} from '../testing/a-vault.ts'
import { seeded, type SimulatedDisk } from '../testing/simulated-disk.ts'
import { hourOf, KeyDestroyed, KeyUnknown, type Vault } from './vault.ts'

const COPIES = [COPY_A, COPY_B]
const AGENCIES = [AGENCY, OTHER_AGENCY]
// Hours that may be destroyed lie before the clock, one lies after it.
const EXPIRIES = [NOON - 2 * HOUR, NOON - HOUR, NOON - HOUR + 5, NOON + 48 * HOUR, null]

type Known = { agency: string; expires: number | null; key: string }

/** What has been acknowledged, and what may or may not have happened when the power failed. */
class Model {
  readonly held = new Map<string, Known>()
  readonly destroyed = new Set<string>()
  /** Wrapped bytes that a key had before it was moved or destroyed. */
  readonly wrapped = new Map<string, Buffer[]>()
  maybeCreated = new Map<string, Omit<Known, 'key'>>()
  maybeDestroyed = new Set<string>()
  maybeMoved = new Map<string, number | null>()

  noteWrapped(disk: SimulatedDisk): void {
    for (const copy of [COPY_A, COPY_B]) {
      for (const slot of slotsOn(disk, copy)) {
        const known = this.wrapped.get(slot.id) ?? []
        if (!known.some(bytes => bytes.equals(slot.wrapped))) known.push(Buffer.from(slot.wrapped))
        this.wrapped.set(slot.id, known)
      }
    }
  }

  idsUnder(agency: string, hour: number): string[] {
    const under = [...this.held].filter(
      ([, known]) => known.agency === agency && known.expires !== null && hourOf(known.expires) === hour,
    )
    return under.map(([id]) => id)
  }

  /** After a power cut: looks which way each open question went, and holds the vault to it from now on. */
  async settle(vault: Vault): Promise<void> {
    for (const id of this.maybeDestroyed) {
      const outcome = await vault.key(id).then(
        () => 'held',
        (error: unknown) => error,
      )
      if (outcome === 'held') continue
      expect(outcome).toBeInstanceOf(KeyDestroyed)
      this.held.delete(id)
      this.destroyed.add(id)
    }
    for (const [id, expires] of this.maybeMoved) {
      const known = this.held.get(id)
      if (known !== undefined && (await isUnder(vault, id, known.agency, expires))) known.expires = expires
    }
    for (const [id, { agency, expires }] of this.maybeCreated) {
      const key = await vault.key(id).catch((error: unknown) => error)
      if (key instanceof Uint8Array) this.held.set(id, { agency, expires, key: Buffer.from(key).toString('hex') })
      else expect(key).toBeInstanceOf(KeyUnknown)
    }
    this.maybeCreated = new Map()
    this.maybeDestroyed = new Set()
    this.maybeMoved = new Map()
  }

  async verify(vault: Vault, disk: SimulatedDisk): Promise<void> {
    for (const [id, known] of this.held) {
      expect(Buffer.from(await vault.key(id)).toString('hex')).toBe(known.key)
      expect(await isUnder(vault, id, known.agency, known.expires)).toBe(true)
    }
    for (const id of this.destroyed) await expect(vault.key(id)).rejects.toThrow(KeyDestroyed)
    this.verifyFiles(disk)
  }

  verifyFiles(disk: SimulatedDisk): void {
    const current = new Map<string, Buffer>()
    for (const copy of [COPY_A, COPY_B]) {
      const slots = slotsOn(disk, copy)
      expect(slots.map(slot => slot.id).toSorted()).toEqual([...this.held.keys()].toSorted())
      for (const slot of slots) current.set(slot.id, Buffer.from(slot.wrapped))
    }
    for (const copy of [COPY_A, COPY_B]) {
      const wrappings = [...disk.files().keys()].filter(path => path.startsWith(`${copy}/wrapping/`))
      const needed = new Set(slotsOn(disk, copy).map(slot => slot.wrapping))
      expect(wrappings.map(path => path.slice(-36)).toSorted()).toEqual([...needed].toSorted())
    }
    for (const [id, all] of this.wrapped) {
      for (const bytes of all) {
        if (current.get(id)?.equals(bytes) !== true) expect(filesHolding(disk, bytes)).toEqual([])
      }
    }
  }
}

async function isUnder(vault: Vault, id: string, agency: string, expires: number | null): Promise<boolean> {
  if (expires !== null) return (await vault.under(agency, hourOf(expires))).includes(id)
  const hours = await vault.hours(agency)
  const lists = await Promise.all(hours.map(hour => vault.under(agency, hour)))
  return !lists.some(list => list.includes(id))
}

type Act =
  | { act: 'create'; agency: number; expiry: number; count: number; calls: number }
  | { act: 'rewrap'; which: number; expiry: number; count: number }
  | { act: 'destroy-key'; which: number }
  | { act: 'destroy-hour'; agency: number; expiry: number }
  | { act: 'reopen' }
  | { act: 'snapshot'; copy: number }
  | { act: 'put-back'; copy: number }
  | { act: 'cut'; steps: number; seed: number }

const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('create' as const),
      agency: fc.nat(1),
      expiry: fc.nat(4),
      count: fc.integer({ min: 1, max: 6 }),
      calls: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('rewrap' as const),
      which: fc.nat(),
      expiry: fc.nat(4),
      count: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('destroy-key' as const), which: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({ act: fc.constant('destroy-hour' as const), agency: fc.nat(1), expiry: fc.nat(2) }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('reopen' as const) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('snapshot' as const), copy: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('put-back' as const), copy: fc.nat(1) }) },
  { weight: 4, arbitrary: fc.record({ act: fc.constant('cut' as const), steps: fc.nat(40), seed: fc.nat() }) },
)

class Run {
  readonly model = new Model()
  readonly #clock: SettableClock = settableClock()
  readonly #snapshots: (ReadonlyMap<string, Buffer | null> | undefined)[] = []
  disk: SimulatedDisk
  vault: Vault

  private constructor(disk: SimulatedDisk, vault: Vault) {
    this.disk = disk
    this.vault = vault
  }

  static async begin(): Promise<Run> {
    const disk = await aDisk()
    return new Run(disk, await openOn(disk, settableClock()))
  }

  async act(act: Act): Promise<void> {
    await this.#carryOut(act)
    this.model.noteWrapped(this.disk)
  }

  async #carryOut(act: Act): Promise<void> {
    const known = [...this.model.held.keys()]
    switch (act.act) {
      case 'cut':
        return this.disk.cutPowerAfter(act.steps)
      case 'create':
        return this.#create(act)
      case 'rewrap':
        return this.#rewrap(known, act)
      case 'destroy-key':
        return this.#destroyKey(known, act.which)
      case 'destroy-hour':
        return this.#destroyHour(act)
      case 'reopen':
        return this.#reopen(() => undefined)
      case 'snapshot':
        return this.#snapshot(act.copy)
      case 'put-back':
        return this.#putBack(act.copy)
    }
  }

  /** The machine comes back; the power may fail again while the vault is being opened. */
  async powerBack(random: () => number): Promise<void> {
    this.disk = this.disk.afterPowerCut(random)
    this.model.noteWrapped(this.disk)
    this.disk.cutPowerAfter(Math.floor(random() * 60))
    const opened = await openOn(this.disk, this.#clock).catch(() => null)
    if (opened === null) {
      this.disk = this.disk.afterPowerCut(random)
      this.vault = await openOn(this.disk, this.#clock)
    } else {
      this.disk.cutPowerAfter(Number.POSITIVE_INFINITY)
      this.vault = opened
    }
    await this.model.settle(this.vault)
    await this.model.verify(this.vault, this.disk)
    expect((await this.vault.check()).filter(finding => finding.stops)).toEqual([])
  }

  async #reopen(meanwhile: () => void): Promise<void> {
    await this.vault.close()
    meanwhile()
    this.vault = await openOn(this.disk, this.#clock)
  }

  #snapshot(copy: number): void {
    this.#snapshots[copy] = this.disk.snapshot(COPIES[copy] ?? '')
  }

  /** An operator restores one copy from an older state of it. */
  async #putBack(copy: number): Promise<void> {
    const older = this.#snapshots[copy]
    if (older !== undefined) await this.#reopen(() => this.disk.restore(COPIES[copy] ?? '', older))
    this.model.verifyFiles(this.disk)
  }

  async #create(act: Extract<Act, { act: 'create' }>): Promise<void> {
    const agency = AGENCIES[act.agency] ?? ''
    const expires = EXPIRIES[act.expiry] ?? null
    const calls = Array.from({ length: act.calls }, () =>
      Array.from({ length: act.count }, () => ({ id: randomUUID(), kind: 'data' as const })),
    )
    for (const keys of calls) for (const { id } of keys) this.model.maybeCreated.set(id, { agency, expires })
    const made = await Promise.allSettled(calls.map(keys => this.vault.create({ agency, keys, expires })))
    for (const one of made) {
      if (one.status === 'rejected') continue
      for (const [id, key] of one.value) {
        this.model.maybeCreated.delete(id)
        this.model.held.set(id, { agency, expires, key: Buffer.from(key).toString('hex') })
      }
    }
    throwFirst(made)
  }

  async #rewrap(known: readonly string[], act: Extract<Act, { act: 'rewrap' }>): Promise<void> {
    if (known.length === 0) return
    const expires = EXPIRIES[act.expiry] ?? null
    const ids = new Set(Array.from({ length: act.count }, (_, n) => known[(act.which + n) % known.length] ?? ''))
    for (const id of ids) this.model.maybeMoved.set(id, expires)
    const moved = await Promise.allSettled(
      [...ids].map(async id => {
        const held = this.model.held.get(id)
        await this.vault.rewrap({ id, agency: held?.agency ?? '', expires })
        if (held !== undefined) held.expires = expires
        this.model.maybeMoved.delete(id)
      }),
    )
    throwFirst(moved)
  }

  async #destroyKey(known: readonly string[], which: number): Promise<void> {
    const id = known[which % known.length]
    if (id === undefined) return
    this.model.maybeDestroyed.add(id)
    await this.vault.destroyKey(id)
    this.model.maybeDestroyed.delete(id)
    this.model.held.delete(id)
    this.model.destroyed.add(id)
  }

  async #destroyHour(act: Extract<Act, { act: 'destroy-hour' }>): Promise<void> {
    const agency = AGENCIES[act.agency] ?? ''
    const hour = hourOf(EXPIRIES[act.expiry] ?? 0)
    const approved = this.model.idsUnder(agency, hour)
    for (const id of approved) this.model.maybeDestroyed.add(id)
    expect(await this.vault.destroyHour({ agency, hour, approved })).toMatchObject({ done: true })
    for (const id of approved) {
      this.model.maybeDestroyed.delete(id)
      this.model.held.delete(id)
      this.model.destroyed.add(id)
    }
  }
}

function throwFirst(outcomes: readonly PromiseSettledResult<unknown>[]): void {
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

describe('whatever is done and whenever the power fails', () => {
  test(
    'every acknowledged key is there, every destroyed one is gone from every file',
    { timeout: 120_000 },
    async () => {
      let cuts = 0
      await fc.assert(
        fc.asyncProperty(fc.array(acts, { minLength: 3, maxLength: 25 }), fc.nat(), async (sequence, seed) => {
          const random = seeded(seed)
          const run = await Run.begin()
          for (const act of sequence) {
            const interrupted = await run.act(act).then(
              () => false,
              (error: unknown) => (isPowerCut(error) ? true : raise(error)),
            )
            if (!interrupted) continue
            cuts += 1
            await run.powerBack(random)
          }
          await run.powerBack(random)
        }),
        { numRuns: 250 },
      )
      expect(cuts).toBeGreaterThan(50)
    },
  )

  test(
    'each step of each change, one after the other, is a safe place for the power to fail',
    { timeout: 120_000 },
    async () => {
      const script: Act[] = [
        { act: 'create', agency: 0, expiry: 0, count: 3, calls: 2 },
        { act: 'create', agency: 0, expiry: 4, count: 1, calls: 1 },
        { act: 'rewrap', which: 1, expiry: 4, count: 2 },
        { act: 'destroy-key', which: 2 },
        { act: 'destroy-hour', agency: 0, expiry: 0 },
      ]
      const whole = await Run.begin()
      const before = whole.disk.steps
      for (const act of script) await whole.act(act)
      const steps = whole.disk.steps - before
      expect(steps).toBeGreaterThan(40)
      for (let cut = 0; cut < steps; cut++) {
        for (let seed = 0; seed < 3; seed++) {
          const run = await Run.begin()
          run.disk.cutPowerAfter(cut)
          for (const act of script) {
            if (
              await run.act(act).then(
                () => false,
                (error: unknown) => (isPowerCut(error) ? true : raise(error)),
              )
            )
              break
          }
          await run.powerBack(seeded(cut * 7 + seed))
        }
      }
    },
  )

  test('the first start can be interrupted at any step', async () => {
    for (let cut = 0; cut < 60; cut++) {
      const disk = await aDisk()
      disk.cutPowerAfter(cut)
      await openOn(disk).catch(() => undefined)
      const after = disk.afterPowerCut(seeded(cut))
      const vault = await openOn(after)
      expect(await vault.isEmpty()).toBe(true)
      expect(await vault.check()).toEqual([])
      expect(await vault.claim('installation-1')).toBe('claimed')
      await vault.close()
    }
  })
})

function isPowerCut(error: unknown): boolean {
  return error instanceof Error && error.constructor.name === 'PowerCut'
}

function raise(error: unknown): never {
  throw error
}
