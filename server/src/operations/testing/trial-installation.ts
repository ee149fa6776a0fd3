import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { openFootage } from '../../dock/footage.ts'
import { begin, footage, patch, sha256 } from '../../dock/testing/client.ts'
import { type House, openHouse } from '../../compose.ts'
import { type Founding, found } from '../../founding.ts'
import { openGround } from '../../ground.ts'
import { serve } from '../../main.ts'
import { silentLogger } from '../../platform/http/logging.ts'
import { type BackupReport, type BackupWish, makeBackup } from '../backup.ts'
import { type QuietGround, openQuietGround, settingsOf } from '../quiet-ground.ts'
import { type RestoreReport, type RestoreWish, restoreBackup } from '../restore.ts'

/** A rehearsal installation in a folder of its own, with footage that came in through the dock. */
export type TrialInstallation = Founding & {
  /** Holds everything of the trial; removed with it. */
  readonly root: string
  readonly data: string
  /** A path in `root` that nothing has yet. */
  fresh(): string
  remove(): void
}

let paths = 0
let files = 0

export async function trialInstallation(
  wish: { database?: string; pack?: string; files?: number } = {},
): Promise<TrialInstallation> {
  const root = mkdtempSync(join(tmpdir(), 'vidne-operations-'))
  const data = join(root, 'data')
  const founding = await found(
    {
      data,
      agency: 'Prøvekommunen',
      pack: wish.pack ?? 'uk-met',
      origin: undefined,
      rehearsal: true,
      vault: undefined,
      database: wish.database,
      objects: undefined,
    },
    silentLogger,
  )
  const remove = (): void => rmSync(root, { recursive: true, force: true })
  const trial = { ...founding, root, data, fresh: () => join(root, `fresh-${paths++}`), remove }
  if (wish.files !== undefined) await dockInto(trial, data, wish.files)
  return trial
}

/** Serves the installation in `data`, docks files into it, waits for their receipts, and stops it. */
export async function dockInto(trial: TrialInstallation, data: string, count: number): Promise<void> {
  const serving = await serve(data, { port: 0, logLevel: 'silent' })
  try {
    for (let i = 0; i < count; i++) await dockOne(serving.url, trial.deviceToken, `file ${files++}`, 1_200_000)
  } finally {
    await serving.close()
  }
}

async function dockOne(url: string, token: string, name: string, bytes: number): Promise<void> {
  const content = footage(bytes, name)
  const digest = sha256(content).toString('hex')
  // A name that a careless reader of lines would take apart.
  const path = `DCIM/${name}\u2028"\\.mp4`
  const upload = await begin(url, bytes, { path, camera: 'CAM-1', sha256: digest }, token)
  const answer = await patch(upload, 0, content, {}, token)
  if (answer.status !== 204) throw new Error(`not docked: ${answer.status} ${answer.text}`)
  for (let look = 0; look < 300; look++) {
    const receipt = await fetch(`${upload}/receipt`, { headers: { authorization: `Bearer ${token}` } })
    await receipt.arrayBuffer()
    if (receipt.status === 200) return
    await pause(100)
  }
  throw new Error('no receipt came')
}

/** Opens what lies in `data`, looks, and closes it again. */
export async function within<T>(data: string, look: (ground: QuietGround) => Promise<T>): Promise<T> {
  const ground = await openQuietGround(settingsOf(data), silentLogger)
  try {
    return await look(ground)
  } finally {
    await ground.close()
  }
}

/** Opens it with all its stages, as a server does, without a port. */
export async function asServed<T>(data: string, work: (house: House) => Promise<T>): Promise<T> {
  const ground = await openGround(settingsOf(data), silentLogger)
  try {
    const house = await openHouse(ground)
    try {
      return await work(house)
    } finally {
      await house.close()
    }
  } finally {
    await ground.close()
  }
}

export function backupOf(data: string, out: string, wish: Partial<BackupWish> = {}): Promise<BackupReport> {
  const all = { objects: 'default', database: 'default', logKeys: false, onProgress() {}, ...wish } as const
  return within(data, ground => makeBackup(ground, { ...all, out }))
}

export function restoreFrom(from: string, data: string, wish: Partial<RestoreWish> = {}): Promise<RestoreReport> {
  const places = { keys: null, trust: null, lock: null, vault: null, objects: null, database: null }
  return restoreBackup({ ...places, missing: false, onProgress() {}, ...wish, from, data }, silentLogger)
}

/** What the installation can still show of itself: each recording's digest as listed and as read, and its history's length. */
export function shown(data: string): Promise<{ listed: string; read: string; events: number }[]> {
  return within(data, async ({ database, objects, vault, history }) => {
    const { rows } = await database.asInstallation(trx =>
      sql<{ id: string; agency: string; sha256: Uint8Array }>`
        select id, agency, sha256 from dock_recording order by id`.execute(trx),
    )
    const all: { listed: string; read: string; events: number }[] = []
    for (const { id, agency, sha256: listed } of rows) {
      const plain = await openFootage({ database, objects, vault, openings: null }, agency, id)
      const read = createHash('sha256')
        .update(await plain.read(0, plain.bytes))
        .digest('hex')
      const events = await database.asInstallation(trx => history.of(trx, id))
      all.push({ listed: Buffer.from(listed).toString('hex'), read, events: events.length })
    }
    return all
  })
}

/** The installation once more, as a copy that a test may spoil. */
export function copyOf(trial: TrialInstallation): string {
  const copy = trial.fresh()
  cpSync(trial.data, copy, { recursive: true })
  return copy
}
