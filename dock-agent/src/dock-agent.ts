import { randomUUID } from 'node:crypto'
import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import { parsePolicy } from '@vidne/tlog/policy'
import { dockFile } from './docking.ts'
import { faultWords } from './faults.ts'
import { makeFolder } from './folders.ts'
import type { DockLine, Rack } from './docking.ts'
import { Journal } from './journal.ts'
import { DockServer } from './server.ts'
import { printable, walk } from './walk.ts'
import type { CameraFile } from './walk.ts'

export type { DockLine } from './docking.ts'

export type DockWish = {
  /** The camera's mounted storage. */
  folder: string
  /** Address of the installation, without a slash at its end. */
  server: string
  token: string
  /** The text of a trust file that did not come from the server; without it no camera is wiped. */
  trust: string | null
  /** The camera whose storage this is, as a person knows it; null: what the file names say. */
  camera: string | null
  wipe: boolean
  /** Accepts what comes from a rehearsal installation; without it no receipt from there verifies, and no camera is wiped on one. */
  rehearsal?: boolean
  /** Where receipts are kept, and what the agent remembers. */
  receipts: string
  journal: string
  onEvent: (event: DockEvent) => void
  /** How long the server may stay away before a file is given up for this time; two minutes when absent. */
  patienceMs?: number
  /** How long a file that grows must keep still before it is docked; two seconds when absent. */
  restMs?: number
}

/** A folder that was named cannot be used; the sentence says which, and why. Nothing was docked. */
export class FolderRefused extends Error {
  override readonly name = 'FolderRefused'
}

/** `progress`: bytes of all files. `waiting`: the server does not answer, or takes nothing just now, and is tried again. */
export type DockEvent =
  | { kind: 'file'; line: DockLine }
  | { kind: 'progress'; done: number; total: number }
  | { kind: 'waiting'; sentence: string }

/** Files that are sent at the same time; more would only make a flash card seek. */
const IN_FLIGHT = 3
const PATIENCE_MS = 120_000
const REST_MS = 2_000

/**
 * Docks every file below a folder: sends what is not docked yet, waits for its receipt, verifies that itself, and wipes only where
 * asked. One line a file; a file's trouble never stops the others. Throws PolicyRefused for a trust file that cannot be read,
 * TokenRefused where the server does not know who asks, for all files at once, and FolderRefused when the folder cannot be, or receipts and journal cannot be kept.
 */
export async function dockFolder(wish: DockWish): Promise<{ docked: number; refused: number }> {
  if (wish.wipe && wish.trust === null) throw new Error('a camera is wiped only against a trust file')
  const { files, passed } = await orRefused(`${wish.folder} cannot be docked`, () =>
    walk(wish.folder, [wish.receipts, wish.journal]),
  )
  const rack = await rackFor(wish, files)
  const tally = { docked: 0, refused: 0 }
  const tell = (line: DockLine): void => {
    tally['refused' in line ? 'refused' : 'docked'] += 1
    wish.onEvent({ kind: 'file', line })
  }
  for (const { path, why } of passed) tell({ path: printable(path), refused: why })
  await inBays(files, async file => tell(await dockFile(rack, file)))
  return tally
}

/** Several at a time. After the first that throws no other is begun, and what it threw comes when the rest have ended. */
async function inBays(files: readonly CameraFile[], work: (file: CameraFile) => Promise<void>): Promise<void> {
  const waiting = [...files]
  const bay = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift())
      await work(file).catch((error: unknown) => {
        waiting.length = 0
        throw error
      })
  }
  const bays = Array.from({ length: IN_FLIGHT }, bay)
  await Promise.allSettled(bays)
  await Promise.all(bays)
}

async function rackFor(wish: DockWish, files: readonly CameraFile[]): Promise<Rack> {
  const patienceMs = wish.patienceMs ?? PATIENCE_MS
  const total = files.reduce((sum, file) => sum + file.bytes, 0)
  const reached = new Map<string, number>()
  let done = 0
  const policy = wish.trust === null ? null : parsePolicy(wish.trust)
  const receipts = folderFor(wish.receipts, wish.server)
  await orRefused(`receipts cannot be kept in ${wish.receipts}`, () => demandWritable(receipts))
  const journal = await orRefused(`the journal cannot be kept in ${wish.journal}`, () =>
    Journal.open(`${folderFor(wish.journal, wish.server)}.jsonl`),
  )
  return {
    server: new DockServer({
      url: wish.server,
      token: wish.token,
      patienceMs,
      onSilence: sentence => wish.onEvent({ kind: 'waiting', sentence }),
    }),
    policy,
    journal,
    camera: wish.camera,
    wipe: wish.wipe,
    rehearsal: wish.rehearsal === true,
    receipts,
    files,
    sent: new Map(),
    session: randomUUID(),
    receiptPatienceMs: patienceMs,
    restMs: wish.restMs ?? REST_MS,
    progress(file, at) {
      const key = file.path.toString('latin1')
      const before = reached.get(key) ?? 0
      if (at <= before) return
      reached.set(key, at)
      done += at - before
      wish.onEvent({ kind: 'progress', done, total })
    },
  }
}

/** Before the first byte is sent: a receipt that cannot be kept is found out too late afterwards. */
async function demandWritable(folder: string): Promise<void> {
  await makeFolder(folder)
  await access(folder, constants.W_OK)
}

async function orRefused<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const why = faultWords(cause)
    if (why === null) throw cause
    throw new FolderRefused(`${what}: ${why}`, { cause })
  }
}

/** A place of its own for each server: another installation knows nothing of what this one has. */
function folderFor(folder: string, server: string): string {
  return join(folder, server.replace(/^https?:\/\//, '').replaceAll(/[^A-Za-z0-9.-]+/g, '_'))
}
