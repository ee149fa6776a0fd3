import { lstat, mkdtemp, open, readdir, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Founded } from '../ground.ts'
import { placesOf } from '../places.ts'
import { snapshotSaid } from '../snapshots.ts'
import { type Finding, type Said, bad, good, weak } from './finding.ts'
import { objectsFolder } from './quiet-ground.ts'

/** Linux's numbers for file systems that matter here (statfs(2)). */
const KINDS: ReadonlyMap<number, { name: string; kind: 'memory' | 'snapshots' | 'network' | 'layered' }> = new Map([
  [0x01021994, { name: 'tmpfs', kind: 'memory' }],
  [0x858458f6, { name: 'ramfs', kind: 'memory' }],
  [0x9123683e, { name: 'btrfs', kind: 'snapshots' }],
  [0x2fc12fc1, { name: 'ZFS', kind: 'snapshots' }],
  [0x6969, { name: 'NFS', kind: 'network' }],
  [0xff534d42, { name: 'CIFS', kind: 'network' }],
  [0xfe534d42, { name: 'SMB', kind: 'network' }],
  [0x794c7630, { name: 'overlay', kind: 'layered' }],
])

const LEAST_FREE_BYTES = 2_000_000_000
const LEAST_FREE_SHARE = 0.05

/** Room, file systems, flushes, permissions, and what lies beside what. Changes nothing that stays. */
export async function diskFindings(settings: Founded): Promise<Finding[]> {
  const places = await placesThere(settings)
  return [
    ...(await roomFindings(places)),
    ...(await fileSystemFindings(places)),
    await snapshotFinding(places, settings),
    await flushFinding(settings.data),
    ...(await permissionFindings(settings)),
    ...(await togetherFindings(settings)),
  ]
}

type What = 'data' | 'objects' | 'vault-a' | 'vault-b' | 'lock'
type Place = { readonly what: What; readonly path: string; readonly device: number }

async function placesThere(settings: Founded): Promise<Place[]> {
  const places = placesOf(settings)
  const wanted = [
    ['data', settings.data],
    ['objects', objectsFolder(settings)],
    ['vault-a', places.vault[0]],
    ['vault-b', places.vault[1]],
    ['lock', places.lock],
  ] as const
  const there: Place[] = []
  for (const [what, path] of wanted) {
    const found = path === null ? null : await stat(path).catch(() => null)
    if (path !== null && found !== null) there.push({ what, path, device: found.dev })
  }
  return there
}

function placed(what: What): Said {
  return { say: `place-${what}` }
}

/** One place for each disk. */
function byDisk(places: readonly Place[]): Place[] {
  return [...new Map(places.toReversed().map(place => [place.device, place])).values()].toReversed()
}

async function roomFindings(places: readonly Place[]): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { what, path } of byDisk(places)) {
    const { bavail, blocks, bsize } = await statfs(path)
    const [free, share] = [bavail * bsize, bavail / Math.max(1, blocks)]
    const room = { free: Math.round(free / 1e8) / 10, share: Math.round(share * 100), place: placed(what) }
    const enough = free >= LEAST_FREE_BYTES && share >= LEAST_FREE_SHARE
    findings.push(enough ? good('disk-space', 'disk-space', room) : weak('disk-space', 'disk-space-low', room))
  }
  return findings
}

async function fileSystemFindings(places: readonly Place[]): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { what, path } of byDisk(places)) {
    const found = KINDS.get((await statfs(path)).type)
    if (found === undefined || found.kind === 'snapshots') continue
    const values = { place: placed(what), kind: found.name, path }
    if (found.kind === 'memory') findings.push(bad('memory-disk', 'memory-disk', values))
    if (found.kind === 'network') findings.push(weak('network-disk', 'network-disk', values))
    if (found.kind === 'layered') findings.push(weak('container-layer', 'container-layer', values))
  }
  return findings
}

async function snapshotFinding(places: readonly Place[], { snapshots }: Founded): Promise<Finding> {
  const said = snapshotSaid(snapshots)
  for (const { what, path } of places) {
    const found = KINDS.get((await statfs(path)).type)
    if (found?.kind === 'snapshots' && what.startsWith('vault'))
      return weak('snapshots', 'snapshots-possible', { place: placed(what), kind: found.name, snapshots: said })
  }
  return { code: 'snapshots', ok: snapshots === 'none', stops: false, said }
}

const FLUSHES = 15
const FAST_MS = 0.1

async function flushFinding(data: string): Promise<Finding> {
  const folder = await mkdtemp(join(data, '.doctor-')).catch(() => null)
  if (folder === null) return bad('disk-flush', 'disk-not-writable', { data })
  try {
    const times = await flushTimes(join(folder, 'flush'))
    const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
    const values = { ms: median, count: times.length }
    return good('disk-flush', median >= FAST_MS ? 'disk-flush' : 'disk-flush-fast', values)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function flushTimes(path: string): Promise<number[]> {
  const file = await open(path, 'wx', 0o600)
  const bytes = Buffer.alloc(4096)
  const times: number[] = []
  try {
    for (let i = 0; i < FLUSHES; i++) {
      await file.write(bytes, 0, bytes.length, i * bytes.length)
      const began = performance.now()
      await file.datasync()
      times.push(performance.now() - began)
    }
  } finally {
    await file.close()
  }
  return times
}

async function permissionFindings(settings: Founded): Promise<Finding[]> {
  if (process.platform === 'win32') return []
  const places = placesOf(settings)
  const keys = (await readdir(join(settings.data, 'keys')).catch(() => [])).map(name =>
    join(settings.data, 'keys', name),
  )
  const closed = [join(settings.data, 'keys'), ...keys, places.settings, ...places.vault, places.lock, places.database]
  const open: string[] = []
  for (const path of closed) {
    const found = await lstat(path).catch(() => null)
    if (found !== null && (found.mode & 0o077) !== 0) open.push(path)
  }
  if (open.length === 0) return [good('permissions', 'permissions')]
  return [weak('permissions', 'permissions-open', { paths: open.join(', ') })]
}

async function togetherFindings(settings: Founded): Promise<Finding[]> {
  const places = placesOf(settings)
  const device = async (path: string): Promise<number | null> => (await stat(path).catch(() => null))?.dev ?? null
  const [a, b, lock, log] = await Promise.all([...places.vault, places.lock, places.log].map(device))
  const together = a !== null && a === b
  const beside = lock !== null && lock === log
  return [
    together ? weak('vault-on-one-disk', 'vault-on-one-disk') : good('vault-on-one-disk', 'vault-on-two-disks'),
    beside ? weak('lock-beside-log', 'lock-beside-log') : good('lock-beside-log', 'lock-apart'),
  ]
}
