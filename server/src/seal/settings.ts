import type { NoteKey, NoteSigner } from '@vidne/tlog/note'
import { parseVerifierKey } from '@vidne/tlog/keys'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/door.ts'
import type { Logger } from '../platform/http/logging.ts'
import { readSigned } from './checkpoints.ts'
import { openLockFolder, type LockStore } from './lock-store.ts'
import type { Pending, Step } from './sequencer.ts'
import { openTileFolder, type TileStore } from './tile-store.ts'
import type { Witness } from './witnesses.ts'

/** Leaves that wait, and the hint that some have come. */
export type LeafQueue = Pending & { onCommitted(wake: () => void): void }

export type SealSettings = {
  readonly database: Database
  readonly history: LeafQueue
  /** DIR/log: tiles, bundles and the public checkpoint. */
  readonly folder: string
  /** DIR/lock: the last signed checkpoint. On another disk, and never in the same backup as the rest. */
  readonly lockFolder: string
  readonly signers: {
    /** The log's Ed25519 key. Its name is the log's origin. */
    readonly log: NoteSigner
    /** The ML-DSA-44 key of public checkpoints, under the same name. */
    readonly second: NoteSigner | null
  }
  readonly clock: Clock
  /** Between two public checkpoints: 300, in rehearsal 2. */
  readonly cadenceSeconds: number
  readonly witnesses: readonly { readonly url: string; readonly vkey: string }[]
  /** Keys of those who recompute the map and post their cosignatures. */
  readonly mapCheckers: readonly string[]
  readonly log: Logger
  readonly tiles?: TileStore
  readonly lock?: LockStore
  /** Told of every step between which a crash must lose nothing; a throw ends the turn there. */
  readonly passed?: (step: Step) => void | Promise<void>
}

/** The settings with every port in place and every key read. */
export type Ground = {
  readonly database: Database
  readonly history: LeafQueue
  readonly tiles: TileStore
  readonly lock: LockStore
  readonly signers: SealSettings['signers']
  readonly clock: Clock
  readonly cadenceSeconds: number
  readonly witnesses: readonly Witness[]
  readonly mapCheckers: readonly NoteKey[]
  readonly log: Logger
  readonly passed: (step: Step) => void | Promise<void>
}

/** Opens nothing yet. Throws KeyRefused for a verifier key that is none. */
export function groundOf(settings: SealSettings): Ground {
  return {
    ...settings,
    tiles: settings.tiles ?? openTileFolder(settings.folder),
    lock: lockOf(settings),
    witnesses: settings.witnesses.map(({ url, vkey }) => ({ url, key: parseVerifierKey(vkey) })),
    mapCheckers: settings.mapCheckers.map(parseVerifierKey),
    passed: settings.passed ?? (() => undefined),
  }
}

/** The lock store of these settings, which believes only what this log's key has signed. */
export function lockOf({
  lock,
  lockFolder,
  signers,
}: Pick<SealSettings, 'lock' | 'lockFolder' | 'signers'>): LockStore {
  return lock ?? openLockFolder(lockFolder, async note => (await readSigned(note, signers.log)) !== null)
}
