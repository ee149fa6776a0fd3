// What an object store promises, whatever keeps it. Objects are sealed bytes under random names, written once.

import { randomBytes } from 'node:crypto'

const NAME = /^[0-9a-f]{2}\/[0-9a-f]{30}(?:[0-9a-f]{2})?$/

/** A fresh name `ab/<32 hex>`; 128 random bits, so it says nothing about what it names. */
export function newObjectName(): string {
  const name = randomBytes(16).toString('hex')
  return `${name.slice(0, 2)}/${name}`
}

/** Whether a text has the form of a name. */
export function isObjectName(text: string): boolean {
  return NAME.test(text)
}

/** Refuses everything that is not a name, before it can become a path. */
export function demandName(name: string): void {
  if (!isObjectName(name)) throw new TypeError(`not an object name: ${JSON.stringify(name).slice(0, 80)}`)
}

export type Recognition = 'yes' | 'missing' | 'other'

/** One thing the store lacks or does otherwise; `stops`: it must not be used as it is. */
export type ObjectsFinding = {
  readonly code:
    | 'create-once-not-kept'
    | 'digest-not-checked'
    | 'range-not-kept'
    | 'versioning-keeps-old-bytes'
    | 'object-lock'
    | 'unencrypted-transport'
    | 'unfinished-files'
    | 'mode-too-open'
    | 'not-writable'
  readonly stops: boolean
  readonly text: string
}

/**
 * Descriptors of one file being written. Owned by the writer: never close them.
 *
 * `direct` goes past the page cache (O_DIRECT) and is null where the system cannot do that. It takes whole blocks only: memory,
 * length and position are multiples of `blockBytes`.
 */
export type OpenFile = {
  readonly fd: number
  readonly direct: { readonly fd: number; readonly blockBytes: number } | null
}

/** An object open for reading. It stays open, also when the object is removed, until `giveBack`, once; never close it. */
export type LentFile = { readonly fd: number; giveBack(): void }

/**
 * Writes one object piece by piece. Nothing is there under its name before `close()` resolves; then it is durable.
 * Use `append`, or write to `file` at positions of your own (also from a worker thread), not both.
 */
export interface ObjectWriter {
  /** Where the store is a folder, else null. */
  readonly file: OpenFile | null
  append(bytes: Uint8Array): Promise<void>
  /** @throws ObjectExists, ObjectsAway, DiskFull, FsyncFailed (fatal) */
  close(): Promise<void>
  /** Gives up; leaves nothing under the name. */
  abort(): Promise<void>
}

/** Keeps sealed bytes. */
export interface Objects {
  readonly kind: 'folder' | 's3'
  /** Writes an object; durable when it resolves. Create-once. @throws ObjectExists, ObjectsAway, DiskFull, FsyncFailed */
  write(name: string, parts: readonly Uint8Array[]): Promise<void>
  open(name: string): Promise<ObjectWriter>
  /** Bytes `offset` to `offset + length`, fewer only where the object ends. @throws ObjectMissing, ObjectsAway */
  read(name: string, offset: number, length: number): Promise<Uint8Array>
  /** The object's file, for worker threads to read; null where the store is not a folder. @throws ObjectMissing, ObjectsAway */
  lend(name: string): Promise<LentFile | null>
  /** Length in bytes, null where there is none. @throws ObjectsAway */
  size(name: string): Promise<number | null>
  /** Durable when it resolves. `absent` is answered only by a store that still shows its marker. @throws ObjectsAway */
  remove(name: string): Promise<'removed' | 'absent'>
  /** For the reporting sweep only; never to decide a deletion. */
  list(): AsyncIterable<string>
  /** Drops what no `close()` ever finished; once, at start, before any writer is open. Says how many. */
  clearUnfinished(): Promise<number>
  /**
   * Whether a store answers at all, whatever it says, within some seconds: for a start, where a person waits. Work has more
   * patience. Throws ObjectsAway, naming the store.
   */
  reach(): Promise<void>
  /** Tries the store and says what it lacks. */
  probe(): Promise<ObjectsFinding[]>
  /** Marks the store as this installation's, once. */
  claim(installation: string): Promise<'claimed' | 'was-ours' | 'other'>
  recognises(installation: string): Promise<Recognition>
  marker(): Promise<string | null>
  /** How far the store has come, as `moveMark` last wrote it; null where nothing did. @throws ObjectsAway */
  mark(): Promise<number | null>
  /**
   * Moves the store's mark on, after everything that was written before; durable when it resolves. It never goes back: one that is
   * further already stays. Whole and above zero. @throws ObjectsAway, DiskFull, FsyncFailed
   */
  moveMark(to: number): Promise<void>
  close(): Promise<void>
}

/** There is no object of this name in a store that is there. */
export class ObjectMissing extends Error {
  readonly object: string
  constructor(object: string) {
    super(`there is no object ${object}`)
    this.name = 'ObjectMissing'
    this.object = object
  }
}

/** The name is taken; objects are written once. */
export class ObjectExists extends Error {
  readonly object: string
  constructor(object: string) {
    super(`there is already an object ${object}`)
    this.name = 'ObjectExists'
    this.object = object
  }
}

/** The store does not answer, or is not the one it was. Says nothing about any object; try again later. */
export class ObjectsAway extends Error {
  constructor(why: string, cause?: unknown) {
    super(why, { cause })
    this.name = 'ObjectsAway'
  }
}

/** The address of the store cannot be used; never repeats the secret in it. */
export class ObjectsUrlRefused extends Error {
  constructor(why: string) {
    super(`the address of the object store is refused: ${why}`)
    this.name = 'ObjectsUrlRefused'
  }
}
