import { useSyncExternalStore } from 'react'
import type { ChosenFile } from './choosing.ts'
import { digestOf } from './digesting.ts'
import { forget, keep, type KeptFile, keptOf, type Provenance } from './kept.ts'
import { type Pace, paced, rateOf } from './pace.ts'
import { type Ended, receiptOf, removeUpload, send, type Sending, standingOf, type Waiting } from './sending.ts'

/** What a file does just now. `asks-file`: the browser has to be shown the same file again. `asks-leave`: it may be read again when asked. */
type Doing =
  | { readonly is: 'waiting' }
  | { readonly is: 'sending'; readonly rate: number | null }
  | { readonly is: 'held-up'; readonly because: Waiting }
  | { readonly is: 'asks-file' }
  | { readonly is: 'asks-leave' }
  | { readonly is: 'sealing' }
  | { readonly is: 'done' }
  | { readonly is: 'refused' }

export type Row = { readonly kept: KeptFile; readonly doing: Doing }

/** `leading`: whether this window sends; of several windows of a browser one does. `opened`: whether what was kept has been read. */
export type Standing = { readonly rows: readonly Row[]; readonly leading: boolean; readonly opened: boolean }

type Entry = {
  kept: KeptFile
  doing: Doing
  file: File | null
  digest: Promise<string | null> | null
  sending: Sending | null
  pace: Pace
  tries: number
  busy: boolean
  removing: boolean
}

const AT_ONCE = 2
const LONGEST_WAIT_MS = 30_000

/**
 * Files on their way. It lives as long as the window, so that other pages can be looked at meanwhile; what it knows is kept by the browser
 * before it is done, so that the next window goes on from there.
 */
class Queue {
  #person: string | null = null
  #entries: Entry[] = []
  #leading = false
  #opened = false
  #standing: Standing = { rows: [], leading: false, opened: false }
  #leave: AbortController | null = null
  #timer: ReturnType<typeof setTimeout> | null = null
  readonly #listeners = new Set<() => void>()

  constructor() {
    // The network is back, or the machine woke up: nobody has to wait for the next try.
    addEventListener('online', () => this.#again())
    // What was on the line is lost at once, and not when somebody at last notices.
    addEventListener('offline', () => this.#entries.forEach(({ sending }) => sending?.stop()))
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.#again())
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  readonly standing = (): Standing => this.#standing

  /** Goes on with what this person has on the way. Somebody else's stays where it is. */
  open(person: string): void {
    if (this.#person === person) return
    this.#leave?.abort()
    for (const { sending } of this.#entries) sending?.stop()
    this.#person = person
    this.#entries = []
    this.#leading = false
    this.#opened = false
    const leave = new AbortController()
    this.#leave = leave
    this.#tell()
    void this.#lead(person, leave.signal)
  }

  /** Of several windows one sends; the next takes over when it is closed. Where the browser knows no locks, each does. */
  async #lead(person: string, left: AbortSignal): Promise<void> {
    const over = new Promise<void>(done => left.addEventListener('abort', () => done()))
    const begin = async () => {
      this.#leading = true
      await this.#read(person)
      await over
    }
    if (!('locks' in navigator)) return begin()
    const lock = `vidne-bring-in ${person}`
    const { held = [] } = await navigator.locks.query()
    if (held.some(({ name }) => name === lock)) await this.#read(person, false)
    await navigator.locks.request(lock, { signal: left }, begin).catch(() => undefined)
  }

  async #read(person: string, lead = true): Promise<void> {
    const kept = await keptOf(person).catch(() => [])
    if (this.#person !== person) return
    this.#entries = await Promise.all(kept.map(entryOf))
    this.#leading = lead
    this.#opened = true
    this.#pump()
    await Promise.all(this.#entries.map(entry => this.#askStanding(entry)))
  }

  /** What has arrived of a file that waits for somebody, so that he sees that it was not in vain. */
  async #askStanding(entry: Entry): Promise<void> {
    const { upload, state } = entry.kept
    const sent = upload === null || state !== 'open' || !asksFile(entry.doing) ? null : await standingOf(upload)
    if (sent === null || entry.busy) return
    entry.kept = { ...entry.kept, sent }
    this.#tell()
  }

  /**
   * Takes files in. One that is on its way already is not taken twice: it goes on with the file that was given now. Answers how many were
   * known already.
   */
  async add(chosen: readonly ChosenFile[], provenance: Provenance): Promise<number> {
    const person = this.#person
    if (person === null || !this.#leading) return 0
    let known = 0
    for (const one of chosen) {
      const there = this.#entries.find(({ kept }) => isSame(kept, one) && kept.provenance.camera === provenance.camera)
      if (there !== undefined) {
        known += 1
        this.#give(there, one)
        continue
      }
      const place = 1 + Math.max(0, ...this.#entries.map(entry => entry.kept.place))
      const kept = newKept(person, one, provenance, place)
      await keep(kept)
      this.#entries.push({ ...FRESH, kept, doing: { is: 'waiting' }, file: one.file })
    }
    this.#pump()
    return known
  }

  /** Shows files again that the browser could not find by itself. Answers how many of them were asked for. */
  showAgain(chosen: readonly ChosenFile[]): number {
    let found = 0
    for (const one of chosen) {
      const asked = this.#entries.find(({ kept, doing }) => isSame(kept, one) && asksFile(doing))
      if (asked === undefined) continue
      found += 1
      this.#give(asked, one)
    }
    this.#pump()
    return found
  }

  #give(entry: Entry, { file, handle }: ChosenFile): void {
    if (!asksFile(entry.doing)) return
    Object.assign(entry, { file, digest: null, doing: { is: 'waiting' } })
    if (handle !== null) this.#change(entry, { handle })
  }

  /** Asks the browser for leave to read again what was chosen before. Call it where somebody pressed something. */
  async askLeave(): Promise<void> {
    for (const entry of this.#entries) {
      if (entry.doing.is !== 'asks-leave' || entry.kept.handle === null) continue
      const granted = await leaveFor(entry.kept.handle, 'requestPermission')
      entry.doing = granted ? { is: 'waiting' } : { is: 'asks-file' }
    }
    this.#pump()
  }

  /** Stops a file and removes what had come of it; or takes one from the list that is done. False when the installation did not answer. */
  async remove(id: string): Promise<boolean> {
    const entry = this.#entries.find(({ kept }) => kept.id === id)
    if (entry === undefined) return true
    const { kept } = entry
    entry.removing = true
    entry.sending?.stop()
    if (kept.state === 'open' && kept.upload !== null && !(await removeUpload(kept.upload))) {
      Object.assign(entry, { removing: false, doing: { is: 'held-up', because: 'network' } })
      this.#later(entry)
      return false
    }
    await forget(id)
    this.#entries = this.#entries.filter(one => one !== entry)
    this.#pump()
    return true
  }

  async clearDone(): Promise<void> {
    for (const { kept } of this.#entries.filter(({ doing }) => doing.is === 'done')) await this.remove(kept.id)
  }

  #tell(): void {
    const rows = this.#entries.map(({ kept, doing }) => ({ kept, doing }))
    this.#standing = { rows, leading: this.#leading, opened: this.#opened }
    for (const listener of this.#listeners) listener()
  }

  #change(entry: Entry, change: Partial<KeptFile>): void {
    entry.kept = { ...entry.kept, ...change }
    void keep(entry.kept).catch(() => undefined)
  }

  #pump(): void {
    this.#tell()
    if (!this.#leading) return
    const sending = () => this.#entries.filter(({ doing }) => doing.is === 'sending').length
    for (const entry of this.#entries) {
      if (entry.busy || entry.removing) continue
      if (entry.kept.state === 'sent' && entry.doing.is === 'sealing') void this.#run(entry, () => this.#seal(entry))
      else if (entry.doing.is === 'waiting' && sending() < AT_ONCE) void this.#run(entry, () => this.#send(entry))
    }
  }

  async #run(entry: Entry, work: () => Promise<void>): Promise<void> {
    entry.busy = true
    try {
      await work()
    } finally {
      entry.busy = false
      entry.sending = null
      if (this.#entries.includes(entry)) this.#pump()
    }
  }

  async #send(entry: Entry): Promise<void> {
    entry.doing = { is: 'sending', rate: null }
    entry.pace = []
    this.#tell()
    const file = await readable(entry)
    if (file === 'changed') return this.#refuse(entry, 'file-changed')
    if (file === null) {
      Object.assign(entry, { file: null, doing: { is: 'asks-file' } })
      return
    }
    entry.file = file
    entry.digest ??= digestOf(file)
    entry.sending = send(entry.kept, file, {
      begun: upload => this.#change(entry, { upload }),
      progress: sent => this.#progress(entry, sent),
      digest: entry.digest,
    })
    await this.#ended(entry, await entry.sending.ended)
  }

  #progress(entry: Entry, sent: number): void {
    entry.pace = paced(entry.pace, performance.now(), sent)
    entry.kept = { ...entry.kept, sent }
    entry.tries = 0
    if (entry.doing.is === 'sending') entry.doing = { is: 'sending', rate: rateOf(entry.pace) }
    this.#tell()
  }

  async #ended(entry: Entry, ended: Ended): Promise<void> {
    if (entry.removing) return
    if (ended.is === 'sent') {
      entry.doing = { is: 'sealing' }
      return this.#change(entry, { state: 'sent', sent: entry.kept.bytes })
    }
    if (ended.is === 'gone') {
      // Removed after its time, or by somebody else: nothing of it was sealed, and it begins anew.
      this.#change(entry, { upload: null, sent: 0, state: 'open' })
      return this.#holdUp(entry, 'busy')
    }
    // Keeps what is known of the place, for the next window.
    this.#change(entry, {})
    if (ended.is === 'waits') return this.#holdUp(entry, ended.because)
    this.#refuse(entry, ended.code === 'unknown' ? await codeOf(entry.kept) : ended.code)
  }

  async #seal(entry: Entry): Promise<void> {
    const { upload } = entry.kept
    if (upload === null) throw new Error('a file was sent nowhere')
    const answer = await receiptOf(upload)
    if (answer === 'not-yet') return pause(1000)
    if ('is' in answer) return this.#ended(entry, answer)
    entry.doing = { is: 'done' }
    this.#change(entry, { ...answer, state: 'done' })
  }

  #refuse(entry: Entry, code: string): void {
    entry.doing = { is: 'refused' }
    this.#change(entry, { state: 'refused', refused: code })
  }

  #holdUp(entry: Entry, because: Waiting): void {
    entry.doing = { is: 'held-up', because }
    this.#later(entry)
  }

  #later(entry: Entry): void {
    entry.tries += 1
    const wait = Math.min(LONGEST_WAIT_MS, 1000 * 2 ** (entry.tries - 1))
    if (this.#timer !== null) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#again()
    }, wait)
  }

  #again(): void {
    for (const entry of this.#entries)
      if (entry.doing.is === 'held-up')
        entry.doing = entry.kept.state === 'sent' ? { is: 'sealing' } : { is: 'waiting' }
    this.#pump()
  }
}

const FRESH = { digest: null, sending: null, pace: [], tries: 0, busy: false, removing: false } as const

function newKept(person: string, { path, file, handle }: ChosenFile, provenance: Provenance, place: number): KeptFile {
  return {
    id: crypto.randomUUID(),
    person,
    path,
    bytes: file.size,
    modified: file.lastModified,
    provenance,
    handle,
    upload: null,
    sent: 0,
    state: 'open',
    refused: null,
    recording: null,
    receipt: null,
    place,
  }
}

async function entryOf(kept: KeptFile): Promise<Entry> {
  return { ...FRESH, kept, file: null, doing: await doingOf(kept) }
}

async function doingOf({ state, handle }: KeptFile): Promise<Doing> {
  if (state === 'sent') return { is: 'sealing' }
  if (state === 'done' || state === 'refused') return { is: state }
  if (handle === null) return { is: 'asks-file' }
  return (await leaveFor(handle, 'queryPermission')) ? { is: 'waiting' } : { is: 'asks-leave' }
}

type Asking = {
  [way in 'queryPermission' | 'requestPermission']?: (wish: { mode: 'read' }) => Promise<PermissionState>
}

/** Where a browser knows no such question, whoever has a handle may read by it. */
async function leaveFor(handle: FileSystemFileHandle & Asking, way: keyof Asking): Promise<boolean> {
  const asked = handle[way]
  if (asked === undefined) return true
  return (await asked.call(handle, { mode: 'read' }).catch(() => 'denied')) === 'granted'
}

function asksFile({ is }: Doing): boolean {
  return is === 'asks-file' || is === 'asks-leave'
}

/** The same file, as far as a browser lets one know: its place in what was chosen, length and date. */
function isSame(kept: KeptFile, { path, file }: ChosenFile): boolean {
  const name = (whole: string) => whole.slice(whole.lastIndexOf('/') + 1)
  const placed = kept.path === path || name(kept.path) === path
  return placed && kept.bytes === file.size && kept.modified === file.lastModified
}

/** The file as it is now; null where it cannot be read any more. */
async function readable({ kept, file: given }: Entry): Promise<File | null | 'changed'> {
  try {
    const file = given ?? (await kept.handle?.getFile()) ?? null
    if (file === null) return null
    if (file.size !== kept.bytes || file.lastModified !== kept.modified) return 'changed'
    await file.slice(0, 1).arrayBuffer()
    return file
  } catch {
    return null
  }
}

/** Why an upload takes nothing more: the answer to the question where it stands has no room for words. */
async function codeOf({ upload }: KeptFile): Promise<string> {
  const answer = upload === null ? null : await receiptOf(upload)
  return answer !== null && answer !== 'not-yet' && 'is' in answer && answer.is === 'refused' ? answer.code : 'unknown'
}

function pause(ms: number): Promise<void> {
  return new Promise(done => setTimeout(done, ms))
}

export const queue = new Queue()

export function useQueue(): Standing {
  return useSyncExternalStore(queue.subscribe, queue.standing)
}
