import { setTimeout as pause } from 'node:timers/promises'
import { totalmem } from 'node:os'
import type { TrustPolicy } from '@vidne/tlog/policy'
import { faultWords } from './faults.ts'
import type { Journal, Remembered } from './journal.ts'
import { clocksOf, vendorName } from './names.ts'
import { Changed, digestOf } from './reading.ts'
import { NotKept, doubtOf, fetchReceipt, keepReceipt, keeping, readReceipt } from './receipts.ts'
import { refusalOf, ServerRefused } from './server.ts'
import type { DockServer } from './server.ts'
import { beginUpload, dropUpload, offsetOf, sendRest } from './upload.ts'
import type { Described } from './upload.ts'
import { lookAgain, nameOf, printable } from './walk.ts'
import type { CameraFile } from './walk.ts'
import { wipe } from './wiping.ts'
import type { Wiped } from './wiping.ts'

/**
 * One line a file: what it became, or why it was refused. `verified`: the agent checked the receipt against a trust file.
 * `rehearsal`: all that speaks against the receipt is that it comes from a rehearsal installation, which was not accepted.
 */
export type DockLine =
  | {
      path: string
      recording: string
      sha256: string
      bytes: number
      receipt: string
      verified: boolean
      rehearsal?: true
      wiped?: boolean
      kept?: string
    }
  | { path: string; refused: string }

/** Everything that docking one file needs. */
export type Rack = {
  readonly server: DockServer
  readonly policy: TrustPolicy | null
  readonly journal: Journal
  readonly camera: string | null
  readonly wipe: boolean
  /** Accepts what comes from a rehearsal installation. */
  readonly rehearsal: boolean
  readonly receipts: string
  /** All that lie on the camera in this run. */
  readonly files: readonly CameraFile[]
  /** By camera and digest: which file was sent with it, or begun to be, in this run. */
  readonly sent: Map<string, CameraFile>
  /** Names this run of the agent in every recording it docks. */
  readonly session: string
  readonly receiptPatienceMs: number
  /** How long a file must have rested before it is tried again. */
  readonly restMs: number
  readonly progress: (file: CameraFile, done: number) => void
}

const MOST_TRIES = 3
/** Files up to this share of the memory are hashed before they are sent: the second reading comes from memory. */
const HASH_FIRST = 1 / 16

/** Docks one file. Never throws for what is the file's or the server's trouble: the line says it. */
export async function dockFile(rack: Rack, found: CameraFile): Promise<DockLine> {
  const path = printable(found.path)
  try {
    for (let tries = 0, file = found; tries < MOST_TRIES; tries++) {
      // Who writes to it just now writes to it with the clock of this machine.
      const young = tries > 0 || Math.abs(Date.now() - file.modifiedAt) < rack.restMs
      const resting = young ? await rested(file, rack.restMs) : file
      if (resting === 'gone') return { path, refused: 'it went away while it was docked' }
      if (resting === 'growing') break
      const line = await dockOnce(rack, resting)
      if (line !== null) return line
      file = resting
    }
    return { path, refused: 'still growing: dock again when the camera rests. What is there is kept on the camera' }
  } catch (error) {
    if (error instanceof ServerRefused || error instanceof NotKept) return { path, refused: error.message }
    const why = faultWords(error)
    if (why !== null) return { path, refused: `it cannot be read: ${why}` }
    throw error
  }
}

/** Null when the file changed meanwhile. */
async function dockOnce(rack: Rack, file: CameraFile): Promise<DockLine | null> {
  try {
    return await dockResting(rack, file)
  } catch (error) {
    // The server saw other bytes than the digest that was declared: the file changed between two readings.
    if (error instanceof Changed || (error instanceof ServerRefused && error.code === 'digest-mismatch')) return null
    throw error
  }
}

/** The file as it is once it has kept still for a while. */
async function rested(file: CameraFile, restMs: number): Promise<CameraFile | 'gone' | 'growing'> {
  let before = file
  for (let looks = 0; looks < MOST_TRIES; looks++) {
    await pause(restMs)
    const now = await lookAgain(file)
    if (now === null) return 'gone'
    if (before.bytes === now.bytes && before.modifiedAt === now.modifiedAt) return now
    before = now
  }
  return 'growing'
}

async function dockResting(rack: Rack, file: CameraFile): Promise<DockLine> {
  const path = printable(file.path)
  const { sha256, text, recording } = await receiptFor(rack, file)
  const doubt = await doubtOf(text, rack, { bytes: file.bytes, sha256 })
  if (doubt !== null && doubt !== 'rehearsal')
    return { path, refused: `the receipt does not hold (${doubt}); the file is kept on the camera` }
  const receipt = await keeping(async () => {
    const kept = await keepReceipt(rack.receipts, `${recording}-${sha256.slice(0, 8)}`, text)
    await rack.journal.remember(cameraOf(rack, file), file, { state: 'docked', sha256, recording, receipt: kept })
    return kept
  })
  rack.progress(file, file.bytes)
  const docked = { path, recording, sha256, bytes: file.bytes, receipt }
  if (doubt === 'rehearsal') return { ...docked, ...ofRehearsal(rack) }
  const line = { ...docked, verified: rack.policy !== null }
  if (!rack.wipe || rack.policy === null) return line
  const wiped: Wiped = await wipe(file, sha256)
  return { ...line, ...wiped }
}

/** Docked like any other; but what is sealed there is no evidence, and no reason to let the file go. */
function ofRehearsal({ wipe: asked }: Rack): { verified: false; rehearsal: true; wiped?: false; kept?: string } {
  const unproven = { verified: false, rehearsal: true } as const
  if (!asked) return unproven
  return {
    ...unproven,
    wiped: false,
    kept: 'nothing is wiped on a receipt from a rehearsal installation without --rehearsal',
  }
}

type Receipt = { sha256: string; text: string; recording: string }

/** The receipt of this very file: the one that is kept, the one the server can give again, or that of a new upload. */
async function receiptFor(rack: Rack, file: CameraFile): Promise<Receipt> {
  const remembered = rack.journal.find(cameraOf(rack, file), file)
  const first = remembered !== null || file.bytes <= totalmem() * HASH_FIRST
  const sha256 = first ? await digestOf(file) : null
  if (sha256 !== null) {
    const there = (await keptReceipt(rack, file, sha256)) ?? (await givenAgain(rack, file, sha256))
    if (there !== null) return there
    rack.sent.set(`${cameraOf(rack, file)}|${sha256}`, file)
  }
  const sent = await send(rack, file, { sha256, earlier: remembered })
  return { sha256: sent.sha256, ...(await fetchReceipt(rack.server, `${sent.upload}/receipt`, rack.receiptPatienceMs)) }
}

/**
 * The receipt that is kept here, if it holds under the trust file. Another installation may answer at the same address by now;
 * without a trust file only the server itself can tell.
 */
async function keptReceipt(rack: Rack, file: CameraFile, sha256: string): Promise<Receipt | null> {
  const remembered = rack.journal.find(cameraOf(rack, file), file)
  if (rack.policy === null || remembered?.state !== 'docked' || remembered.sha256 !== sha256) return null
  const text = await readReceipt(remembered.receipt)
  if (text === null) return null
  const doubt = await doubtOf(text, rack, { bytes: file.bytes, sha256 })
  if (doubt !== null && doubt !== 'rehearsal') return null
  return { sha256, text, recording: remembered.recording }
}

/**
 * The receipt of a recording of this camera with this digest, docked by whatever box. Null for a second copy on the same camera:
 * it is sent as well, so that the recording's history says that the bytes lay there under this path too. A file that has only
 * moved, or is seen from another folder now, is no copy.
 */
async function givenAgain(rack: Rack, file: CameraFile, sha256: string): Promise<Receipt | null> {
  const body = JSON.stringify({ camera: cameraOf(rack, file), sha256: [sha256] })
  const answer = await rack.server.ask('POST', '/api/dock/known', {
    headers: { 'content-type': 'application/json' },
    body,
  })
  if (answer.status !== 200) throw refusalOf(answer)
  const recording = knownIn(answer.text)
  if (recording === null || isCopy(rack, file, { sha256, recording })) return null
  const given = await fetchReceipt(rack.server, `/api/recordings/${recording}/receipt`, rack.receiptPatienceMs)
  return { sha256, ...given }
}

function isCopy(rack: Rack, file: CameraFile, { sha256, recording }: { sha256: string; recording: string }): boolean {
  const { journal, files, sent } = rack
  const own = journal.find(cameraOf(rack, file), file)
  // Docked under this path before, only its receipt is gone or not believed.
  if (own?.state === 'docked' && own.sha256 === sha256) return false
  const begun = sent.get(`${cameraOf(rack, file)}|${sha256}`)
  if (begun !== undefined) return !begun.path.equals(file.path)
  return files.some(other => {
    if (other.bytes !== file.bytes || other.path.equals(file.path)) return false
    const docked = journal.find(cameraOf(rack, other), other)
    return docked?.state === 'docked' && docked.recording === recording
  })
}

function knownIn(text: string): string | null {
  const known: unknown = JSON.parse(text)
  const first: unknown = Array.isArray(known) ? known[0] : null
  if (typeof first !== 'object' || first === null || !('recording' in first)) return null
  return typeof first.recording === 'string' ? first.recording : null
}

async function send(
  rack: Rack,
  file: CameraFile,
  p: { sha256: string | null; earlier: Remembered | null },
): Promise<{ upload: string; sha256: string }> {
  const { server, progress } = rack
  for (let tries = 0; ; tries++) {
    const { upload, from } = await openUpload(rack, file, tries === 0 ? p : { ...p, earlier: null })
    try {
      const sha256 = await sendRest(server, { upload, file, from, sha256: p.sha256 }, done => progress(file, done))
      return { upload, sha256 }
    } catch (error) {
      if (error instanceof Changed) await dropUpload(server, upload)
      // What the server lost or damaged is sent anew, once.
      const anew = error instanceof ServerRefused && (error.code === 'lost' || error.code === 'storage-damaged')
      if (!anew || tries > 0) throw error
    }
  }
}

/** Goes on with the upload that was cut, where the server still has it; else begins one. */
async function openUpload(
  rack: Rack,
  file: CameraFile,
  { sha256, earlier }: { sha256: string | null; earlier: Remembered | null },
): Promise<{ upload: string; from: number }> {
  // An upload that was begun with another digest is of other bytes, whatever the name says.
  const same = earlier?.state === 'sending' && (earlier.sha256 === null || earlier.sha256 === sha256)
  if (same) {
    const from = await offsetOf(rack.server, earlier.upload)
    if (from !== null && from <= file.bytes) return { upload: earlier.upload, from }
  }
  const upload = await beginUpload(rack.server, file.bytes, describe(rack, file, sha256))
  await keeping(() => rack.journal.remember(cameraOf(rack, file), file, { state: 'sending', upload, sha256 }))
  return { upload, from: 0 }
}

function cameraOf(rack: Rack, file: CameraFile): string | null {
  const given = rack.camera !== null && !/^0*$/.test(rack.camera) ? rack.camera : null
  return given ?? vendorName(nameOf(file.path)).camera
}

function describe(rack: Rack, file: CameraFile, sha256: string | null): Described {
  const name = nameOf(file.path)
  const camera = cameraOf(rack, file)
  const { wearer } = vendorName(name)
  return {
    path: file.path,
    clocks: JSON.stringify(clocksOf(name, file.modifiedAt)),
    dockSession: rack.session,
    proposedHold: String(file.flagged),
    ...(sha256 === null ? {} : { sha256 }),
    ...(camera === null ? {} : { camera, cameraSource: camera === rack.camera ? 'operator' : 'file name' }),
    ...(wearer === null ? {} : { wearer }),
  }
}
