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

export { type Finding, toldIn } from './finding.ts'

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
      const say = settings.mode === 'rehearsal' ? 'installation-rehearsal' : 'installation'
      findings.push(good('installation', say, { agency: settings.agencyName ?? '–', origin: settings.origin }))
      return settings
    }
    findings.push(bad('installation', 'installation-missing', { data }))
  } catch (error) {
    if (!(error instanceof SettingRefused)) throw error
    findings.push(bad('installation', 'settings-refused', { what: error.message }))
  }
  return null
}

/** A key beside what it opens protects only a disk that is stolen alone. */
async function masterKeyFinding(settings: Founded): Promise<Finding> {
  const { masterKey } = placesOf(settings)
  try {
    const { key, from, path } = await loadMasterKey({ file: masterKey })
    key.fill(0)
    if (from !== 'file') return good('master-key', 'master-key', { path })
    return weak('master-key', 'master-key-beside', { path })
  } catch (error) {
    if (error instanceof MasterKeyRefused) return bad('master-key', 'master-key-refused', { what: error.message })
    throw error
  }
}

async function objectsFindings(settings: Founded): Promise<Finding[]> {
  const address = placesOf(settings).objects
  try {
    const objects = await openObjects(address)
    try {
      const found = (await objects.probe()).map(({ code, stops, text }): Finding => {
        const named = `objects-${code}` as const
        return { code: named, ok: false, stops, said: { say: named, values: { what: text } } }
      })
      const mark = await objects.recognises(settings.installation)
      if (mark !== 'yes') return [...found, bad('objects', `objects-${mark}`)]
      return found.length > 0 ? found : [good('objects', 'objects')]
    } finally {
      await objects.close()
    }
  } catch (error) {
    const sentence = sentenceOf(error)
    if (sentence === null) throw error
    return [bad('objects', 'objects-refused', { what: sentence })]
  }
}

/** What only whoever has database and vault open can tell: this command, or the server that serves them now. */
async function insideFindings(settings: Founded, log: Logger): Promise<Finding[]> {
  const missing = [placesOf(settings).logKey, placesOf(settings).secondKey].filter(path => !existsSync(path))
  if (missing.length > 0) return [bad('log-keys', 'log-keys', { paths: missing.join(', ') })]
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
      return answered === null ? [good('served', 'served')] : LookAnswer.parse(answered.value)
    }
    if (error instanceof OperationRefused) return [bad('opening', 'opening-refused', { what: error.message })]
    throw error
  }
}
