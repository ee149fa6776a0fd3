import { existsSync, statSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { findProgram } from '@vidne/media/child-limits'
import { readingTools } from '@vidne/media/sandbox'
import program from '../../package.json' with { type: 'json' }
import { type Places } from '../places.ts'
import { realDisk } from '../platform/durable/disk.ts'
import { type Finding, bad, good, weak } from './finding.ts'

const NODE_MAJOR = 26

/** What the machine brings, whatever installation is on it. */
export async function machineFindings(): Promise<Finding[]> {
  return [nodeFinding(), ...(await mediaFindings())]
}

function nodeFinding(): Finding {
  const major = Number(process.versions.node.split('.')[0])
  const machine = `${process.platform} ${process.arch}`
  const values = { version: program.version, node: process.versions.node, machine }
  return major >= NODE_MAJOR
    ? good('node', 'node', values)
    : bad('node', 'node-too-old', { ...values, needed: NODE_MAJOR })
}

async function mediaFindings(): Promise<Finding[]> {
  const { ffprobe, sandbox } = await readingTools()
  return [
    ffprobe === null ? weak('ffprobe', 'ffprobe-missing') : good('ffprobe', 'ffprobe', { program: ffprobe }),
    SANDBOXES[sandbox],
    findProgram('prlimit') === null ? weak('prlimit', 'prlimit-missing') : good('prlimit', 'prlimit'),
  ]
}

const SANDBOXES = {
  bwrap: good('sandbox', 'sandbox-bwrap'),
  prlimit: weak('sandbox', 'sandbox-prlimit'),
  none: weak('sandbox', 'sandbox-none'),
} as const

/** Before this program was made no clock can be. */
const EARLIEST = Date.UTC(2026, 0)

/** Whether the machine's clock can be right: it is not asked of anybody outside (nothing phones home). */
export async function clockFindings(places: Places, now = Date.now()): Promise<Finding[]> {
  const findings: Finding[] = []
  const newest = await newestTrace(places)
  const shown = new Date(now).toISOString()
  if (now < EARLIEST) findings.push(bad('clock', 'clock-past', { shown }))
  else if (newest !== null && newest > now + 60_000)
    findings.push(bad('clock', 'clock-behind', { shown, written: new Date(newest).toISOString() }))
  else findings.push(good('clock', 'clock', { shown }))
  findings.push(synchronised())
  return findings
}

async function newestTrace(places: Places): Promise<number | null> {
  const locked = ((await realDisk.list(places.lock)) ?? []).map(name => join(places.lock, name))
  const times: number[] = []
  for (const path of [...locked, join(places.log, 'checkpoint'), places.settings]) {
    const found = await stat(path).catch(() => null)
    if (found !== null) times.push(found.mtimeMs)
  }
  return times.length === 0 ? null : Math.max(...times)
}

const SYNCHRONISED = ['/run/systemd/timesync/synchronized', '/var/lib/chrony/chrony.drift', '/var/lib/chrony/drift']
const RECENTLY_MS = 3 * 86_400_000

function synchronised(): Finding {
  const sign = SYNCHRONISED.find(existsSync)
  if (sign !== undefined && Date.now() - statSync(sign).mtimeMs < RECENTLY_MS)
    return good('clock-synchronised', 'clock-kept', { sign })
  return weak('clock-synchronised', 'clock-not-kept')
}
