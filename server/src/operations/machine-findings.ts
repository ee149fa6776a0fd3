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
  const text = `Vidne ${program.version} on Node ${process.versions.node}, ${process.platform} ${process.arch}.`
  return major >= NODE_MAJOR ? good('node', text) : bad('node', `${text} It needs Node ${NODE_MAJOR}.`)
}

async function mediaFindings(): Promise<Finding[]> {
  const { ffprobe, sandbox } = await readingTools()
  return [
    ffprobe === null
      ? weak('ffprobe', 'There is no ffprobe: AVI and older formats are sealed unread. Debian: apt-get install ffmpeg')
      : good('ffprobe', `AVI and older formats are read by ${ffprobe}.`),
    SANDBOXES[sandbox],
    findProgram('prlimit') === null
      ? weak(
          'prlimit',
          'There is no prlimit: readers of footage have no limit of memory but their own. Install util-linux.',
        )
      : good('prlimit', 'Readers of footage are limited in memory, time and files by prlimit.'),
  ]
}

const SANDBOXES = {
  bwrap: good('sandbox', 'ffprobe runs in a bubblewrap sandbox without network and files.'),
  prlimit: weak(
    'sandbox',
    'bubblewrap is missing or may not make namespaces here: ffprobe runs under limits, and only its own whitelist keeps it ' +
      'from the network. Debian: apt-get install bubblewrap',
  ),
  none: weak('sandbox', 'Neither bubblewrap nor prlimit is here: ffprobe is limited in time alone.'),
} as const

/** Before this program was made no clock can be. */
const EARLIEST = Date.UTC(2026, 0)

/** Whether the machine's clock can be right: it is not asked of anybody outside (nothing phones home). */
export async function clockFindings(places: Places, now = Date.now()): Promise<Finding[]> {
  const findings: Finding[] = []
  const newest = await newestTrace(places)
  const shown = new Date(now).toISOString()
  if (now < EARLIEST) findings.push(bad('clock', `The machine's clock shows ${shown}, which is past. Set it.`))
  else if (newest !== null && newest > now + 60_000)
    findings.push(
      bad(
        'clock',
        `The machine's clock shows ${shown}, but files were written at ${new Date(newest).toISOString()}. Set it.`,
      ),
    )
  else findings.push(good('clock', `The machine's clock shows ${shown}; nothing here was written later than that.`))
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
    return good('clock-synchronised', `The clock is kept right by a time service (${sign}).`)
  return weak(
    'clock-synchronised',
    'No sign that a time service keeps the clock right (systemd-timesyncd, chrony). Deadlines go by this clock.',
  )
}
