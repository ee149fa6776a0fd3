import { existsSync } from 'node:fs'
import { type Founded, isFounded } from '../ground.ts'
import { placesOf } from '../places.ts'
import type { Logger } from '../platform/http/logging.ts'
import { openObjects } from '../platform/objects/objects.ts'
import { SettingRefused, readSettings } from '../platform/settings/settings.ts'
import { loadMasterKey, MasterKeyRefused } from '../platform/vault/master-key.ts'
import { diskFindings } from './disk-findings.ts'
import { type Finding, bad, good, weak } from './finding.ts'
import { mailFinding } from './mail-finding.ts'
import { clockFindings, machineFindings } from './machine-findings.ts'
import { LookAnswer, askServer } from './operator-socket.ts'
import { lookInside } from './inside-findings.ts'
import { openQuietGround } from './quiet-ground.ts'
import { InstallationServed, OperationRefused, sentenceOf } from './refused.ts'
import { secondKeyFindings } from './second-key-finding.ts'
import { selfTests } from './self-tests.ts'

export type { Finding } from './finding.ts'

export type Diagnosis = {
  /** Nothing keeps the installation from doing its work. */
  readonly ok: boolean
  readonly findings: readonly Finding[]
}

/** Looks at the machine and the installation and tries what they do. Changes nothing that stays. */
export async function diagnose(data: string, log: Logger): Promise<Diagnosis> {
  const findings: Finding[] = [...(await machineFindings())]
  const settings = settingsFindings(data, findings)
  if (settings !== null) {
    findings.push(...(await clockFindings(placesOf(settings))))
    findings.push(...(await diskFindings(settings)))
    findings.push(await masterKeyFinding(settings))
    findings.push(...(await secondKeyFindings(settings)))
    findings.push(...(await objectsFindings(settings)))
    findings.push(await mailFinding(settings))
    findings.push(...(await insideFindings(settings, log)))
  }
  findings.push(...(await selfTests()))
  return { ok: findings.every(one => !one.stops), findings }
}

function settingsFindings(data: string, findings: Finding[]): Founded | null {
  try {
    const settings = readSettings(data)
    if (isFounded(settings)) {
      const mode = settings.mode === 'rehearsal' ? 'a rehearsal; nothing from it is evidence' : 'normal'
      findings.push(good('installation', `${settings.agencyName ?? 'The agency'}, log ${settings.origin}, ${mode}.`))
      return settings
    }
    findings.push(bad('installation', `${data} holds no installation yet. Found one with: vidne init --data ${data}`))
  } catch (error) {
    if (!(error instanceof SettingRefused)) throw error
    findings.push(bad('installation', error.message))
  }
  return null
}

/** A key beside what it opens protects only a disk that is stolen alone. */
async function masterKeyFinding(settings: Founded): Promise<Finding> {
  const { masterKey } = placesOf(settings)
  try {
    const { key, from, path } = await loadMasterKey({ file: masterKey })
    key.fill(0)
    if (from !== 'file') return good('master-key', `The master key comes from ${path}.`)
    return weak(
      'master-key',
      `The master key lies in the data folder (${path}): whoever copies the folder can read the footage. Give it by ` +
        "VIDNE_MASTER_KEY_FILE or as systemd's credential vidne-master-key, and keep a copy elsewhere.",
    )
  } catch (error) {
    if (error instanceof MasterKeyRefused) return bad('master-key', `${error.message}.`)
    throw error
  }
}

async function objectsFindings(settings: Founded): Promise<Finding[]> {
  const address = placesOf(settings).objects
  try {
    const objects = await openObjects(address)
    try {
      const found = (await objects.probe()).map(({ code, stops, text }) => ({
        code: `objects-${code}`,
        ok: false,
        stops,
        text,
      }))
      const mark = await objects.recognises(settings.installation)
      if (mark !== 'yes') return [...found, bad('objects', OBJECT_MARKS[mark])]
      return found.length > 0 ? found : [good('objects', 'The object store is there, ours, and keeps its promises.')]
    } finally {
      await objects.close()
    }
  } catch (error) {
    const sentence = sentenceOf(error)
    if (sentence === null) throw error
    return [bad('objects', sentence)]
  }
}

const OBJECT_MARKS = {
  missing:
    'The object store does not bear the mark of this installation: it is empty, not mounted, or not the right one.',
  other: 'The object store belongs to another installation. Check "objects" in the settings.',
} as const

/** What only whoever has database and vault open can tell: this command, or the server that serves them now. */
async function insideFindings(settings: Founded, log: Logger): Promise<Finding[]> {
  const missing = [placesOf(settings).logKey, placesOf(settings).secondKey].filter(path => !existsSync(path))
  if (missing.length > 0) return [bad('log-keys', `Missing: ${missing.join(', ')}. Without them nothing is signed.`)]
  try {
    const ground = await openQuietGround(settings, log)
    try {
      return await lookInside(ground)
    } finally {
      await ground.close()
    }
  } catch (error) {
    if (error instanceof InstallationServed) {
      const answered = await askServer(settings.data, { ask: 'look' })
      return answered === null ? [served()] : LookAnswer.parse(answered.value)
    }
    if (error instanceof OperationRefused) return [bad('opening', error.message)]
    throw error
  }
}

function served(): Finding {
  return good(
    'served',
    'The installation is open in another process, which does not answer here. Database, vault and log were left to it: ' +
      '/readyz and /metrics tell of them, and once it is stopped this command does.',
  )
}
