import { existsSync } from 'node:fs'
import { readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { toHex } from '@vidne/evidence/bytes'
import { FORMATS, isOrigin } from '@vidne/evidence/statement'
import { generateKey, signerFromKey } from '@vidne/tlog/keys'
import { parse, stringify } from 'smol-toml'
import { type Founded, type Signers, cadenceOf } from '../ground.ts'
import type { LogStanding } from '../seal/seal.ts'
import { placesOf } from '../places.ts'
import { realDisk } from '../platform/durable/disk.ts'
import { createFileDurable, writeFileDurable } from '../platform/durable/durable.ts'
import type { Logger } from '../platform/http/logging.ts'
import { continueFrom } from '../seal/seal.ts'
import { stillWords } from '../platform/still.ts'
import { type LastCheckpoint, lastCheckpoint } from './last-checkpoint.ts'
import { type QuietGround, openQuietGround, settingsOf, signerIn, throwawaySigners } from './quiet-ground.ts'
import { OperationRefused, inWords } from './refused.ts'

export type ContinueWish = {
  readonly data: string
  /** The origin of the log that ends, typed out: it can never be used again. */
  readonly retire: string | null
  /** Name of the new log; the old one's with a number behind it when null. */
  readonly origin: string | null
  /** A checkpoint of the old log from elsewhere (a witness, a receipt), as its text. */
  readonly checkpoint: string | null
}

export type Continued = {
  readonly origin: string
  /** Null where an interrupted call had named it already. */
  readonly previous: LastCheckpoint | null
  readonly trust: string
}

/** Reasons for which the leaves or the memory of the last signature are lost, so that this log must never sign again. */
const BEYOND_REPAIR = new Set([
  'lock-missing',
  'lock-older',
  'lock-unreadable',
  'database-older',
  'database-differs',
  'behind-witness',
  'witness-differs',
  'forked',
])

/**
 * Retires a log that cannot go on and begins another under a new name and key, whose first statements name the last
 * checkpoint of the old one. Interrupted, it is called again with the same words and goes on.
 * @throws OperationRefused in words
 */
export async function continueInNewLog(wish: ContinueWish, log: Logger): Promise<Continued> {
  const settings = settingsOf(wish.data)
  const begun = await unfinishedKeys(settings)
  const ended = await oldSigners(settings)
  const ground = await openQuietGround(settings, log, ended ?? (await throwawaySigners(settings.origin)))
  try {
    return await inWords(wish.data, async () => {
      if (begun === null) demandRetirement(wish, settings, ended === null ? 'key-lost' : await ground.logStanding())
      const signers = begun ?? (await newKeys(settings, originAfter(settings, wish.origin)))
      return carryOn(ground, signers, ended, wish.checkpoint)
    })
  } finally {
    await ground.close()
  }
}

async function carryOn(
  ground: QuietGround,
  signers: Signers,
  ended: Signers | null,
  given: string | null,
): Promise<Continued> {
  const { settings, places } = ground
  const origin = signers.log.name
  // Once the settings name the new log, all that an interrupted call can have left undone are the keys.
  const previous = settings.origin === origin ? null : await beginNext(ground, signers, ended, given)
  for (const key of [places.secondKey, places.logKey]) await takeOver(key)
  return { origin, previous, trust: places.trust }
}

async function beginNext(
  { settings, places, clock, database, seal }: QuietGround,
  signers: Signers,
  ended: Signers | null,
  given: string | null,
): Promise<LastCheckpoint> {
  const origin = signers.log.name
  const old = { origin: settings.origin, key: ended?.log ?? null, given }
  const previous = await lastCheckpoint({ places, database }, old)
  const [at, cadenceSeconds, formats] = [clock.now(), cadenceOf(settings), { ...FORMATS }]
  const named = { origin: previous.origin, size: previous.size, root: toHex(previous.root) }
  await continueFrom(
    { ...seal, signers },
    {
      opened: { type: 'log-opened', v: 1, origin, mode: settings.mode, formats, cadenceSeconds, at },
      continued: { type: 'log-continued', v: 1, previous: named, at },
    },
  )
  await addToTrust(places.trust, [signers.log.vkey, ...(signers.second === null ? [] : [signers.second.vkey])])
  const values = parse(await readFile(places.settings, 'utf8'))
  await writeFileDurable(places.settings, stringify({ ...values, origin }))
  return previous
}

function demandRetirement({ retire }: ContinueWish, { origin }: Founded, standing: LogStanding | 'key-lost'): void {
  if (standing === 'ok') throw new OperationRefused(`The log ${origin} can go on: there is no reason to retire it.`)
  if (standing !== 'key-lost' && !BEYOND_REPAIR.has(standing.stopped))
    throw new OperationRefused(stillWords('en', { code: standing.stopped }))
  if (retire === origin) return
  const why = standing === 'key-lost' ? 'Its signing key is lost.' : stillWords('en', { code: standing.stopped })
  throw new OperationRefused(
    `${why} To retire the log ${origin} for good and begin a new one that names its last checkpoint, repeat the command ` +
      `with --retire ${origin}. Everybody who verifies will need the new trust file.`,
  )
}

function originAfter({ origin }: Founded, wished: string | null): string {
  const number = /^(.*)-(\d{1,4})$/.exec(origin)
  const next = wished ?? (number === null ? `${origin}-2` : `${number[1]}-${Number(number[2]) + 1}`)
  if (next === origin)
    throw new OperationRefused('A retired origin is never used again: give another one with --origin.')
  if (!isOrigin(next))
    throw new OperationRefused(
      `--origin "${next}" may have letters, digits and . _ ~ : / - only, like log.example.org/fyn-2`,
    )
  return next
}

const UNFINISHED = '.next'

async function oldSigners(settings: Founded): Promise<Signers | null> {
  const { logKey, secondKey } = placesOf(settings)
  if (!existsSync(logKey)) return null
  return { log: await signerIn(logKey), second: existsSync(secondKey) ? await signerIn(secondKey) : null }
}

/** The keys of a continuation that was cut off, or null. */
async function unfinishedKeys(settings: Founded): Promise<Signers | null> {
  const { logKey, secondKey } = placesOf(settings)
  const second = [`${secondKey}${UNFINISHED}`, secondKey].find(existsSync)
  if (!existsSync(`${logKey}${UNFINISHED}`) || second === undefined) return null
  return { log: await signerIn(`${logKey}${UNFINISHED}`), second: await signerIn(second) }
}

async function newKeys(settings: Founded, origin: string): Promise<Signers> {
  const { logKey, secondKey } = placesOf(settings)
  const [first, second] = [await generateKey(origin, 'ed25519'), await generateKey(origin, 'ml-dsa-44')]
  // The log's own comes second: it is by this one that an unfinished continuation is known.
  await writeFileDurable(`${secondKey}${UNFINISHED}`, `${second.skey}\n`)
  await writeFileDurable(`${logKey}${UNFINISHED}`, `${first.skey}\n`)
  return { log: await signerFromKey(first.skey), second: await signerFromKey(second.skey) }
}

async function takeOver(key: string): Promise<void> {
  if (!existsSync(`${key}${UNFINISHED}`)) return
  if (existsSync(key)) await rename(key, freeName(`${key}.retired`))
  await rename(`${key}${UNFINISHED}`, key)
  await realDisk.syncFolder(dirname(key))
}

function freeName(path: string): string {
  for (let number = 1; ; number++) if (!existsSync(`${path}-${number}`)) return `${path}-${number}`
}

/** The old log stays in the trust file: what was given out under it goes on to verify. */
async function addToTrust(path: string, vkeys: readonly string[]): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => null)
  const wanted = vkeys.map(vkey => `log ${vkey}`)
  if (text === null) return createFileDurable(path, `${wanted.join('\n')}\nquorum none\n`)
  const lines = text.split('\n')
  const missing = wanted.filter(line => !lines.includes(line))
  if (missing.length === 0) return
  const first = lines.findIndex(one => one.startsWith('log '))
  lines.splice(first < 0 ? 0 : first, 0, ...missing)
  await writeFileDurable(path, lines.join('\n'))
}
