// A disk that loses power. What was synced stays; of what was not, any part may stay: any of the writes, any of their
// sectors, any of the names. So a test can cut the power between every two steps and look at what a machine would find.

import { dirname } from 'node:path'
import type { Disk, DiskFile } from '../durable/disk.ts'

const SECTOR_BYTES = 512

/** The machine is off. */
export class PowerCut extends Error {}

type Change = { readonly position: number; readonly bytes: Buffer } | { readonly truncate: number }
type Inode = { content: Buffer; durable: Buffer; changes: Change[]; mode: number }
type Entry = { readonly kind: 'file'; readonly inode: Inode } | { readonly kind: 'folder'; readonly mode: number }

/** Step kinds at which a fault can be planted. */
export type Step = {
  readonly kind: 'open' | 'write' | 'truncate' | 'sync' | 'rename' | 'remove' | 'folder' | 'sync-folder'
  readonly path: string
}

/** Small, seeded, good enough to choose what survives. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code })
}

export class SimulatedDisk implements Disk {
  readonly #now = new Map<string, Entry>()
  readonly #durable = new Map<string, Entry>()
  #steps = 0
  #cutAt = Number.POSITIVE_INFINITY
  /** Called before each step; may throw what the disk should answer. */
  fault: (step: Step) => void = () => undefined

  /** Steps taken so far. */
  get steps(): number {
    return this.#steps
  }

  /** Fsyncs of files, for tests that count them. */
  syncs = 0

  /** The step with this number, counted from now, does not return: the power goes. */
  cutPowerAfter(steps: number): void {
    this.#cutAt = this.#steps + steps
  }

  /** What the machine finds when the power is back. */
  afterPowerCut(random: () => number): SimulatedDisk {
    const found = new SimulatedDisk()
    const copies = new Map<Inode, Inode>()
    const paths = [...new Set([...this.#durable.keys(), ...this.#now.keys()])].toSorted()
    for (const path of paths) {
      const [was, is] = [this.#durable.get(path), this.#now.get(path)]
      const entry = was === is || random() < 0.5 ? was : is
      if (entry === undefined || !found.#parentIsThere(path)) continue
      found.#place(
        path,
        entry.kind === 'folder' ? entry : { kind: 'file', inode: surviving(entry.inode, copies, random) },
      )
    }
    return found
  }

  /** Every file as the running machine sees it. */
  files(): Map<string, Buffer> {
    const files = new Map<string, Buffer>()
    for (const [path, entry] of this.#now) if (entry.kind === 'file') files.set(path, entry.inode.content)
    return files
  }

  /** A copy of everything below a folder, as a backup program would take it; `restore` puts it back. */
  snapshot(folder: string): Map<string, Buffer | null> {
    const found = new Map<string, Buffer | null>()
    for (const [path, entry] of this.#now) {
      if (path !== folder && !path.startsWith(`${folder}/`)) continue
      found.set(path, entry.kind === 'file' ? Buffer.from(entry.inode.content) : null)
    }
    return found
  }

  restore(folder: string, snapshot: ReadonlyMap<string, Buffer | null>): void {
    for (const path of this.#now.keys()) {
      if (path !== folder && !path.startsWith(`${folder}/`)) continue
      this.#now.delete(path)
      this.#durable.delete(path)
    }
    for (const [path, bytes] of [...snapshot].toSorted(([x], [y]) => (x < y ? -1 : 1))) {
      if (bytes === null) this.#place(path, { kind: 'folder', mode: 0o700 })
      else
        this.#place(path, {
          kind: 'file',
          inode: { content: Buffer.from(bytes), durable: Buffer.from(bytes), changes: [], mode: 0o600 },
        })
    }
  }

  /** Changes bytes behind everybody's back. */
  damage(path: string, change: (content: Buffer) => Buffer): void {
    const { inode } = this.#file(path)
    inode.content = change(Buffer.from(inode.content))
    inode.durable = Buffer.from(inode.content)
    inode.changes = []
  }

  async open(path: string, how: 'create' | 'existing', mode: number): Promise<DiskFile> {
    this.#step('open', path)
    if (how === 'existing') return this.#handle(path, this.#file(path).inode)
    if (this.#now.has(path)) throw systemError('EEXIST', path)
    if (!this.#parentIsThere(path)) throw systemError('ENOENT', path)
    const inode = { content: Buffer.alloc(0), durable: Buffer.alloc(0), changes: [], mode }
    this.#now.set(path, { kind: 'file', inode })
    return this.#handle(path, inode)
  }

  async read(path: string): Promise<Uint8Array | null> {
    const entry = this.#now.get(path)
    return entry?.kind === 'file' ? Buffer.from(entry.inode.content) : null
  }

  async rename(from: string, to: string): Promise<void> {
    this.#step('rename', to)
    const entry = this.#file(from)
    this.#now.delete(from)
    this.#now.set(to, entry)
  }

  async remove(path: string): Promise<'removed' | 'absent'> {
    this.#step('remove', path)
    return this.#now.delete(path) ? 'removed' : 'absent'
  }

  async list(folder: string): Promise<string[] | null> {
    if (folder !== '/' && this.#now.get(folder)?.kind !== 'folder') return null
    const prefix = folder === '/' ? '/' : `${folder}/`
    const names = [...this.#now.keys()].filter(
      path => path.startsWith(prefix) && !path.slice(prefix.length).includes('/'),
    )
    return names.map(path => path.slice(prefix.length)).toSorted()
  }

  async makeFolder(path: string, mode: number): Promise<'made' | 'was-there'> {
    this.#step('folder', path)
    if (this.#now.has(path)) return 'was-there'
    if (!this.#parentIsThere(path)) throw systemError('ENOENT', path)
    this.#now.set(path, { kind: 'folder', mode })
    return 'made'
  }

  async syncFolder(path: string): Promise<void> {
    this.#step('sync-folder', path)
    for (const known of new Set([...this.#now.keys(), ...this.#durable.keys()])) {
      if (dirname(known) !== path || known === path) continue
      const entry = this.#now.get(known)
      if (entry === undefined) this.#durable.delete(known)
      else this.#durable.set(known, entry)
    }
  }

  async mode(path: string): Promise<number | null> {
    const entry = this.#now.get(path)
    if (entry === undefined) return null
    return entry.kind === 'file' ? entry.inode.mode : entry.mode
  }

  #handle(path: string, inode: Inode): DiskFile {
    return {
      write: async (bytes, position) => {
        const change = { position, bytes: Buffer.from(bytes) }
        // A write that the power cut interrupts may be on the disk in part: it counts as begun.
        inode.changes.push(change)
        this.#step('write', path)
        inode.content = applied(inode.content, change)
      },
      truncate: async length => {
        inode.changes.push({ truncate: length })
        this.#step('truncate', path)
        inode.content = applied(inode.content, { truncate: length })
      },
      sync: async () => {
        this.#step('sync', path)
        this.syncs += 1
        inode.durable = Buffer.from(inode.content)
        inode.changes = []
      },
      close: async () => undefined,
    }
  }

  #step(kind: Step['kind'], path: string): void {
    this.#steps += 1
    if (this.#steps > this.#cutAt) throw new PowerCut(`${kind} ${path}`)
    this.fault({ kind, path })
  }

  #file(path: string): Extract<Entry, { kind: 'file' }> {
    const entry = this.#now.get(path)
    if (entry?.kind !== 'file') throw systemError('ENOENT', path)
    return entry
  }

  #parentIsThere(path: string): boolean {
    const parent = dirname(path)
    return parent === '/' || this.#now.get(parent)?.kind === 'folder'
  }

  #place(path: string, entry: Entry): void {
    this.#now.set(path, entry)
    this.#durable.set(path, entry)
  }
}

function applied(content: Buffer, change: Change): Buffer {
  if ('truncate' in change) {
    const kept = Buffer.alloc(change.truncate)
    content.copy(kept)
    return kept
  }
  const length = Math.max(content.length, change.position + change.bytes.length)
  const next = Buffer.alloc(length)
  content.copy(next)
  next.set(change.bytes, change.position)
  return next
}

function surviving(inode: Inode, copies: Map<Inode, Inode>, random: () => number): Inode {
  const known = copies.get(inode)
  if (known !== undefined) return known
  let content: Buffer = Buffer.from(inode.durable)
  for (const change of inode.changes) {
    if ('truncate' in change) {
      if (random() < 0.5) content = applied(content, change)
      continue
    }
    for (const sector of sectorsOf(change)) if (random() < 0.5) content = applied(content, sector)
  }
  const copy = { content, durable: Buffer.from(content), changes: [], mode: inode.mode }
  copies.set(inode, copy)
  return copy
}

function* sectorsOf(change: { position: number; bytes: Buffer }): Generator<{ position: number; bytes: Buffer }> {
  for (let done = 0; done < change.bytes.length;) {
    const length = Math.min(SECTOR_BYTES - ((change.position + done) % SECTOR_BYTES), change.bytes.length - done)
    yield { position: change.position + done, bytes: change.bytes.subarray(done, done + length) }
    done += length
  }
}
