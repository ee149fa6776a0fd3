import { existsSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Unit, startProgress } from '@vidne/dock-agent/progress'
import { placesOf } from '@vidne/server/places'
import { readSettings, settingsFile } from '@vidne/server/platform/settings/settings'
import type { NoteKey } from '@vidne/tlog/note'
import { PolicyRefused, parsePolicy } from '@vidne/tlog/policy'
import { ProofRefused, parseProof } from '@vidne/tlog/proof'
import type { LogSource } from '@vidne/verifier/log-check'
import type { WholeLog } from '@vidne/verifier/log-files'
import { folderLog, logPrefix, servedLog } from '@vidne/verifier/log-source.node'
import { CommandRefused, type Given, UsageRefused } from '../command.ts'
import { readText } from '../text-file.ts'
import { troubleOf } from '../troubles.ts'

/** Which log: one of them, and whose keys it must be signed by. */
export const logOptions = {
  data: { type: 'string', help: 'the data folder of an installation' },
  url: { type: 'string', help: 'where a log is served: https://…' },
  trust: { type: 'string', help: "the trust file (with --data by default the installation's own)" },
} as const

export type LogAtHand = {
  readonly source: LogSource
  readonly keys: readonly NoteKey[]
  /** Whether there is a trust file at all, whatever log it names. */
  readonly keysGiven: boolean
  /** The checkpoint signed last, where that is known; null means the one that is served. */
  readonly newest: string | null
  /** Checkpoints that the log must begin with. */
  readonly earlier: readonly string[]
  /** Where a cosignature is handed in; null where nowhere. */
  readonly post: string | null
}

/** @throws UsageRefused for options that name no log, or keys that cannot be read */
export async function logAtHand(given: Given): Promise<LogAtHand> {
  const [data, url] = [given.maybe('data'), given.maybe('url')]
  if ((data === undefined) === (url === undefined)) throw new UsageRefused('give either --data DIR or --url URL')
  return data === undefined ? servedAt(url ?? '', given.maybe('trust')) : lyingIn(data, given.maybe('trust'))
}

/** Reads a log under a progress bar. @throws CommandRefused when it cannot be read, or what the disk says */
export async function readingLog<T>(
  words: { bar: string; unit?: Unit; refusal: string },
  read: (progress: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  const progress = startProgress(words.bar, words.unit)
  try {
    return await read(progress.at)
  } catch (cause) {
    if (cause instanceof CommandRefused || (cause instanceof Error && 'syscall' in cause)) throw cause
    throw new CommandRefused(`${words.refusal}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  } finally {
    progress.end()
  }
}

/** The installation's own folder: what it has signed last must be borne out, and what it shows must be part of that. */
async function lyingIn(data: string, trust: string | undefined): Promise<LogAtHand> {
  if (!existsSync(join(data, settingsFile)))
    throw new CommandRefused(`${data} holds no installation: there is no ${settingsFile} in it. Check --data.`)
  const places = placesOf(readSettings(data))
  const source = folderLog(places.log)
  const keys = await keysIn(trust ?? places.trust)
  const names = (await readdir(places.lock).catch(() => [])).filter(name => name.endsWith('.checkpoint')).toSorted()
  const newest = names.at(-1)
  const published = await source.checkpoint()
  return {
    source,
    keys,
    keysGiven: true,
    newest: newest === undefined ? null : await readFile(join(places.lock, newest), 'utf8'),
    earlier: newest === undefined || published === null ? [] : [published],
    post: null,
  }
}

async function servedAt(text: string, trust: string | undefined): Promise<LogAtHand> {
  const prefix = logPrefix(text)
  if (prefix === null) throw new UsageRefused(`--url "${text}" is not an address`)
  const keys = trust === undefined ? [] : await keysIn(trust)
  const keysGiven = trust !== undefined
  return { source: answeringLog(prefix), keys, keysGiven, newest: null, earlier: [], post: `${prefix}/cosignature` }
}

/** A log that is served; when it does not answer, that is told with its address. */
export function answeringLog(prefix: string): WholeLog {
  const source = servedLog(prefix)
  const told = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (cause) {
      const trouble = troubleOf(cause)
      throw trouble === null ? cause : new CommandRefused(`${prefix}: ${trouble.sentence}`, { cause })
    }
  }
  return {
    checkpoint: () => told(source.checkpoint()),
    checked: () => told(source.checked()),
    tile: (level, index, width) => told(source.tile(level, index, width)),
    bundle: (index, width) => told(source.bundle(index, width)),
  }
}

async function keysIn(trust: string): Promise<readonly NoteKey[]> {
  try {
    return parsePolicy(readText(trust, '--trust')).logs
  } catch (refusal) {
    if (!(refusal instanceof PolicyRefused)) throw refusal
    throw new UsageRefused(`${trust} is not a trust file: ${refusal.message}`, { cause: refusal })
  }
}

/** A checkpoint from a file that is one, or a receipt or proof that carries one. */
export async function readNote(file: string): Promise<string> {
  const text = readText(file, 'the checkpoint')
  try {
    return parseProof(text).checkpoint
  } catch (refusal) {
    if (refusal instanceof ProofRefused) return text
    throw refusal
  }
}
