import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type House, openHouse } from '@vidne/server/compose'
import { type Founding, found } from '@vidne/server/founding'
import { type Founded, type Ground, isFounded, openGround } from '@vidne/server/ground'
import { silentLogger } from '@vidne/server/platform/http/logging'
import { openMetrics } from '@vidne/server/platform/http/metrics'
import { readSettings } from '@vidne/server/platform/settings/settings'
import { openWeb } from '@vidne/server/web'
import { foundSecondAgency } from '../second-agency.ts'
import type { Asked } from './asking.ts'

/** An installation that is served in this process, with its doors at hand. */
export type Inside = Founding & {
  data: string
  house: House
  ground: Ground
  clerk: Asked
  camera: Asked
  /** Ends it, lets `meanwhile` do what it will to the folder, and serves what lies there then. */
  again(meanwhile?: () => void | Promise<void>): Promise<void>
  close(): Promise<void>
}

/** What a test may change of an installation's ground before the stages stand on it. */
export type Wishes = {
  settings?: Record<string, unknown>
  on?: (ground: Ground) => Ground
  pack?: string
  objects?: string
  /** A server's database; the embedded one when absent. */
  database?: string | undefined
}

/** Founds a rehearsal installation and serves it, as `vidne init` and `vidne serve` do. */
export async function inside({
  settings = {},
  on = ground => ground,
  pack = 'uk-met',
  objects,
  database,
}: Wishes = {}): Promise<Inside> {
  const folder = mkdtempSync(join(tmpdir(), 'vidne-guarantee-'))
  const data = join(folder, 'data')
  const places = { origin: undefined, vault: undefined, database, objects }
  const founding = await found({ data, agency: 'Prøvekommunen', pack, rehearsal: true, ...places }, silentLogger)
  const held = { stop: async () => {} }
  const here: Partial<Inside> = {}
  const serve = async (): Promise<void> => {
    const served = await serveHere(foundedSettings(data, settings), on)
    held.stop = served.stop
    const { url, house, ground } = served
    const clerk = { url, token: founding.operatorToken }
    Object.assign(here, { house, ground, clerk, camera: { url, token: founding.deviceToken } })
  }
  await serve()
  return Object.assign(here, founding, {
    data,
    async again(meanwhile: () => void | Promise<void> = () => {}) {
      await held.stop()
      await meanwhile()
      await serve()
    },
    async close() {
      await held.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }) as Inside
}

function foundedSettings(data: string, flags: Record<string, unknown>): Founded {
  const settings = readSettings(data, { port: 0, logLevel: 'silent', ...flags })
  if (!isFounded(settings)) throw new Error('nobody has founded this installation')
  return settings
}

async function serveHere(settings: Founded, on: (ground: Ground) => Ground) {
  const opened = await openGround(settings, silentLogger)
  const ground = on(opened)
  const house = await openHouse(ground)
  const shell = await openWeb({ settings, standing: { house }, metrics: openMetrics(), log: silentLogger })
  const stop = async (): Promise<void> => {
    await shell.close()
    await house.close()
    await opened.close()
  }
  return { url: shell.url, house, ground, stop }
}

/** Another agency in the same installation, with a clerk and a camera of its own. */
export async function secondAgency({
  ground,
  clerk,
}: Inside): Promise<{ agency: string; clerk: Asked; camera: Asked }> {
  const { id, operator, dock } = await foundSecondAgency(ground)
  const as = (token: string): Asked => ({ url: clerk.url, token })
  return { agency: id, clerk: as(operator), camera: as(dock) }
}
