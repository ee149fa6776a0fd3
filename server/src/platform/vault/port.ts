// What a vault promises, whatever keeps it.

import type { Still } from '../still.ts'

export type KeyKind = 'data' | 'history'

/** Asks for one key. `id` is a uuid in lower case. */
export type KeyAsked = { readonly id: string; readonly kind: KeyKind }

/** Milliseconds in the unit in which keys expire. */
export const HOUR_MS = 3_600_000

/** The hour of expiry a moment belongs to: whole hours since the Unix epoch, rounded down. */
export function hourOf(at: number): number {
  return Math.floor(at / HOUR_MS)
}

/**
 * What became of the destruction of an hour. `inBackupsUntil`: until then (epoch ms) a backup that this vault wrote may
 * still hold one of these keys; null where none can.
 */
export type DestroyVerdict =
  | { readonly done: true; readonly keys: number; readonly at: number; readonly inBackupsUntil: number | null }
  | {
      readonly done: false
      readonly because: 'list-differs'
      readonly onlyInVault: readonly string[]
      readonly onlyApproved: readonly string[]
    }
  | { readonly done: false; readonly because: 'not-due' }

/** What became of the destruction of one key. */
export type KeyDestruction = {
  readonly outcome: 'destroyed' | 'was-destroyed'
  readonly at: number
  readonly inBackupsUntil: number | null
}

export type BackupVerdict =
  | { readonly written: true; readonly keys: number; readonly omitted: number }
  | { readonly written: false; readonly because: 'lives-too-long' | 'already-expired' | 'folder-not-empty' }

export type Copy = 'a' | 'b'

export type FindingCode =
  | 'copy-missing'
  | 'copy-empty'
  | 'copy-of-another-vault'
  | 'copy-damaged'
  | 'copy-was-behind'
  | 'key-unreadable'
  | 'wrapping-key-missing'
  | 'copies-differ'
  | 'mode-too-open'
  | 'copies-on-one-disk'
  | 'destroyed-key-reappeared'

/** Something an operator should know. `stops`: clean-up must not run until it is answered. */
export type VaultFinding = {
  readonly code: FindingCode
  readonly copy: Copy | null
  readonly stops: boolean
  readonly still: Still
}

/** How far a vault has come; kept elsewhere (database, lock store), it tells a restored older vault from the current one. */
export type VaultPosition = { readonly vault: string; readonly commit: number }

export type Recognition = 'yes' | 'missing' | 'other'

/**
 * Keeps data and history keys. Wrapped keys live only here. Every change is durable in both copies when its promise
 * resolves; at any instant at most one copy is being written.
 */
export interface Vault {
  /**
   * Makes 32-byte keys. `expires` (epoch ms) is rounded down to its hour; null = no end known (history keys, holds).
   * Concurrent calls share their fsyncs.
   * @throws KeyExists, KeyDestroyed (an id is never given a second key), VaultDegraded, DiskFull
   */
  create(p: { agency: string; keys: readonly KeyAsked[]; expires: number | null }): Promise<Map<string, Uint8Array>>
  /** A copy of the key; the caller may overwrite it. @throws KeyDestroyed, KeyUnknown, VaultLocked, VaultDamaged */
  key(id: string): Promise<Uint8Array>
  /** Puts a key under another expiry and overwrites the old wrapping. @throws KeyDestroyed, KeyUnknown, VaultDegraded */
  rewrap(p: { id: string; agency: string; expires: number | null }): Promise<void>
  /** The vault's own list of keys that expire in that hour (`hourOf`), sorted. */
  under(agency: string, hour: number): Promise<string[]>
  /** The agency's hours of expiry that hold keys, ascending. */
  hours(agency: string): Promise<number[]>
  /** The ids of all keys of a kind that it holds, in no order. For reports: nothing may be destroyed by it. */
  held(kind: KeyKind): Promise<string[]>
  /** Destroys every key of an hour, if the vault's own list equals `approved` and the hour has come. */
  destroyHour(p: { agency: string; hour: number; approved: readonly string[] }): Promise<DestroyVerdict>
  /** Destroys one key, early. @throws KeyUnknown, VaultDegraded */
  destroyKey(id: string): Promise<KeyDestruction>
  /** What the vault has destroyed, as `tombstoneOf(id)`; hex. */
  destructions(): Promise<string[]>
  /** After a restore: destroys what was already destroyed elsewhere (`tombstoneOf(id)` each). Says how many keys went. */
  replayDestructions(tombstones: Iterable<string>): Promise<number>
  /** Writes a copy without the keys that expire before the backup does; a backup lives 7 days at most. */
  backup(folder: string, p: { expires: number }): Promise<BackupVerdict>
  /** No key is held. */
  isEmpty(): Promise<boolean>
  /** Reads both copies anew and says in words what is wrong with them. */
  check(): Promise<VaultFinding[]>
  /** Brings a missing, empty or damaged copy back from the other one; an operator's decision. */
  repair(): Promise<VaultFinding[]>
  position(): Promise<VaultPosition>
  /** Writes the installation's id into both copies, once. */
  claim(installation: string): Promise<'claimed' | 'was-ours' | 'other'>
  recognises(installation: string): Promise<Recognition>
  marker(): Promise<string | null>
  /** Waits for what was asked, overwrites keys in memory, lets go of the folders. */
  close(): Promise<void>
}

/** No key of this id was ever made here. */
export class KeyUnknown extends Error {
  readonly id: string
  constructor(id: string) {
    super(`the vault knows no key ${id}`)
    this.name = 'KeyUnknown'
    this.id = id
  }
}

/** The key was destroyed; what it opened is gone. */
export class KeyDestroyed extends Error {
  readonly id: string
  constructor(id: string) {
    super(`the key ${id} was destroyed`)
    this.name = 'KeyDestroyed'
    this.id = id
  }
}

/** A key of this id is held already. */
export class KeyExists extends Error {
  readonly id: string
  constructor(id: string) {
    super(`the vault already holds a key ${id}`)
    this.name = 'KeyExists'
    this.id = id
  }
}

/** The master key does not open this vault, or the vault is closed. */
export class VaultLocked extends Error {
  constructor(why: string) {
    super(why)
    this.name = 'VaultLocked'
  }
}

/** One copy is missing or unusable: keys can be read, nothing can be made, moved or destroyed before `repair()`. */
export class VaultDegraded extends Error {
  constructor(why: string) {
    super(why)
    this.name = 'VaultDegraded'
  }
}

/** Neither copy can answer. */
export class VaultDamaged extends Error {
  constructor(why: string, cause?: unknown) {
    super(why, { cause })
    this.name = 'VaultDamaged'
  }
}

/** Another process holds the vault open. */
export class VaultInUse extends Error {
  constructor(folder: string, why: string, cause?: unknown) {
    super(`the vault ${folder} is in use: ${why}. Only one server may have it open; stop that one first`, { cause })
    this.name = 'VaultInUse'
  }
}
