import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { equalBytes } from '@vidne/evidence/bytes'
import { captureId, logId, type OpenEvent } from '@vidne/evidence/event'
import { parseLeaf } from '@vidne/evidence/leaf'
import type { Manifest } from '@vidne/evidence/manifest'
import { LabelMap } from '@vidne/evidence/map'
import { FORMATS, type StatementOf } from '@vidne/evidence/statement'
import { parseCheckpoint } from '@vidne/tlog/checkpoint'
import { generateKey, signerFromKey } from '@vidne/tlog/keys'
import { leafHash, treeRoot } from '@vidne/tlog/merkle'
import { parseNote } from '@vidne/tlog/note'
import type { NoteSigner } from '@vidne/tlog/note'
import { bundlePath, decodeBundle } from '@vidne/tlog/tiles'
import { sql } from 'kysely'
import type { Database } from '../../platform/database/door.ts'
import { openHistory, type Appended, type History } from '../../platform/history/history.ts'
import { silentLogger } from '../../platform/http/logging.ts'
import { uuidv7 } from '../../platform/identifiers.ts'
import { openSeal, type Seal, type SealSettings } from '../seal.ts'

/** An installation's log on real files and a real database, for tests. */
export type TestLog = {
  readonly folder: string
  readonly database: Database
  readonly history: History
  readonly settings: SealSettings
  readonly signers: SealSettings['signers']
  /** Opens the seal over what is there now. */
  open(changes?: Partial<SealSettings>): Promise<Seal>
  /** Commits events of recordings of their own, each a chain's first. */
  commit(count: number): Promise<Appended[]>
  remove(): Promise<void>
}

const AGENCY = '01890000-0000-7000-8000-000000000001'
/** Long enough that no test sees a public checkpoint it did not ask for. */
export const NEVER_SECONDS = 86_400

const clock = { now: () => Date.now() }

export async function keysFor(origin: string): Promise<{ log: NoteSigner; second: NoteSigner }> {
  const [log, second] = [await generateKey(origin, 'ed25519'), await generateKey(origin, 'ml-dsa-44')]
  return { log: await signerFromKey(log.skey), second: await signerFromKey(second.skey) }
}

export function openedStatement(origin: string): StatementOf<'log-opened'> {
  return {
    type: 'log-opened',
    v: 1,
    origin,
    mode: 'rehearsal',
    formats: { ...FORMATS },
    cadenceSeconds: 300,
    at: Date.now(),
  }
}

/**
 * A log that has not been opened, under an origin of its own, in a database that several tests use one after the other:
 * when it is removed its log is retired there.
 */
export async function testLog(ground: { readonly database: Database }): Promise<TestLog> {
  const folder = mkdtempSync(join(tmpdir(), 'vidne-log-'))
  const origin = `log.example.org/${randomBytes(6).toString('hex')}`
  const signers = await keysFor(origin)
  const history = openHistory({ log: logId(origin), clock, keys: { key: async () => new Uint8Array(32) } })
  const settings = (): SealSettings => ({
    database: ground.database,
    history,
    folder: join(folder, 'log'),
    lockFolder: join(folder, 'lock'),
    signers,
    clock,
    cadenceSeconds: NEVER_SECONDS,
    witnesses: [],
    mapCheckers: [],
    log: silentLogger,
  })
  return {
    folder,
    signers,
    history,
    get database() {
      return ground.database
    },
    get settings() {
      return settings()
    },
    open: changes => openSeal({ ...settings(), ...changes }),
    commit: count => commitRecordings(ground.database, history, count),
    async remove() {
      await ground.database.asInstallation(async trx => {
        await sql`delete from history_pending`.execute(trx)
        await sql`update seal_log set retired_at = now() where retired_at is null`.execute(trx)
      })
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The origin of a test's log. */
export function originOf(log: TestLog): string {
  return log.signers.log.name
}

async function commitRecordings(database: Database, history: History, count: number): Promise<Appended[]> {
  return database.asAgency(AGENCY, async trx => {
    const written: Appended[] = []
    for (let at = 0; at < count; at++) {
      const subject = uuidv7(clock)
      written.push(
        await history.begin(trx, {
          agency: AGENCY,
          subject,
          kind: 'recording',
          captureId: captureId(aManifest()),
          firstType: 'sealed',
          pol: new Uint8Array(32),
          fields: [],
        }),
      )
    }
    return written
  })
}

export function aManifest(): Manifest {
  const hex = (): string => randomBytes(32).toString('hex')
  const pieces = { size: 1_048_576, count: 1, root: hex() } as const
  return { v: 1, salt: hex(), level: 'received', bytes: 1000, sha256: hex(), pieces, media: { extension: 'mp4' } }
}

/** Commits the first event of a recording, with what its receipt needs. */
export async function commitRecording(
  log: TestLog,
): Promise<{ manifest: Manifest; event: OpenEvent; label: Uint8Array; subject: string }> {
  const [manifest, subject] = [aManifest(), uuidv7(clock)]
  const beginning = { agency: AGENCY, subject, kind: 'recording', firstType: 'sealed', fields: [] } as const
  const { event, label } = await log.database.asAgency(AGENCY, trx =>
    log.history.begin(trx, { ...beginning, captureId: captureId(manifest), pol: new Uint8Array(32) }),
  )
  return { manifest, event, label, subject }
}

/** Copies a folder of the installation aside, as a backup does. */
export function backup(log: TestLog, name: 'log' | 'lock'): () => void {
  const [live, copy] = [join(log.folder, name), join(log.folder, `${name}-${randomBytes(4).toString('hex')}`)]
  cpSync(live, copy, { recursive: true })
  return () => {
    rmSync(live, { recursive: true, force: true })
    cpSync(copy, live, { recursive: true })
  }
}

/** What is in the log's files, read and hashed without the sequencer's help. */
export type Recomputed = {
  readonly leaves: Uint8Array[]
  readonly origin: string
  readonly size: number
  readonly rootHolds: boolean
  /** Map-root leaves that are not what the leaves before them give, and labels that come twice. */
  readonly faults: string[]
}

/** Recomputes tree and map from the bundles under a folder and compares them with a signed note. */
export function recompute(folder: string, note: string): Recomputed {
  const { origin, size, root } = parseCheckpoint(parseNote(note).text)
  const leaves: Uint8Array[] = []
  for (let index = 0; index * 256 < size; index++)
    leaves.push(...bundleAt(folder, index, Math.min(256, size - index * 256)))
  const [map, faults] = [new LabelMap(), new Array<string>()]
  leaves.forEach((leaf, index) => {
    const read = parseLeaf(leaf)
    if (read.kind === 'refused') faults.push(`leaf ${index} ${read.because}`)
    if (read.kind === 'map-root' && (read.size !== index || !equalBytes(read.root, map.root())))
      faults.push(`map root ${index}`)
    if (read.kind === 'event' && map.insert(read.label, read.commitment) === 'duplicate')
      faults.push(`label twice ${index}`)
  })
  return { leaves, origin, size, rootHolds: equalBytes(treeRoot(leaves.map(leafHash)), root), faults }
}

function bundleAt(folder: string, index: number, width: number): Uint8Array[] {
  const full = join(folder, bundlePath(index, 256))
  const read = (path: string): Uint8Array => new Uint8Array(readFileSync(path))
  if (existsSync(full)) return decodeBundle(read(full), 256).slice(0, width)
  const partials = readdirSync(dirname(join(folder, bundlePath(index, 1)))).map(Number)
  const widest = Math.max(...partials)
  return decodeBundle(read(join(folder, bundlePath(index, widest))), widest).slice(0, width)
}

/** The note that the lock folder holds: signed last. */
export function lastSigned(log: TestLog): string {
  const names = readdirSync(join(log.folder, 'lock')).toSorted()
  return readFileSync(join(log.folder, 'lock', names.at(-1) ?? ''), 'utf8')
}
