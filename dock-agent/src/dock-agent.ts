import { randomUUID } from 'node:crypto'
import { unlink } from 'node:fs/promises'
import { type TrustPolicy, parsePolicy } from '@vidne/tlog/policy'
import { cameraInFileName, clocksOf } from './clocks.ts'
import { Journal } from './journal.ts'
import { StillGrowing, digestOf } from './reading.ts'
import { doubtOf, fetchReceipt, keepReceipt, readReceipt, syncFolder } from './receipts.ts'
import { DockServer, ServerRefused } from './server.ts'
import { beginUpload, offsetOf, sendRest } from './upload.ts'
import { type CameraFile, printable, receiptFolderOf, walk } from './walk.ts'

export type DockWish = {
  /** The camera's mounted storage. */
  folder: string
  server: string
  token: string
  /** The text of a trust file that did not come from the server; without it no camera is wiped. */
  trust: string | null
  camera: string | null
  wipe: boolean
  /** Where receipts are kept, and what the agent remembers. */
  receipts: string
  journal: string
  onEvent: (event: DockEvent) => void
}

export type DockLine =
  | { path: string; recording: string; sha256: string; bytes: number; receipt: string; wiped?: boolean }
  | { path: string; refused: string }

export type DockEvent = { kind: 'file'; line: DockLine } | { kind: 'progress'; done: number; total: number }

/** Files that are sent at the same time; more would only make a flash card seek. */
const inFlight = 3

type Session = {
  wish: DockWish
  server: DockServer
  policy: TrustPolicy | null
  journal: Journal
  session: string
  receipts: string
  progress: (bytes: number) => void
}

/**
 * Docks every file below a folder: sends what is not docked yet, waits for its receipt, verifies that itself, and wipes only where
 * asked. One line a file; a file's trouble never stops the others. Throws PolicyRefused for a trust file that cannot be read,
 * and when the folder cannot be.
 */
export async function dockFolder(wish: DockWish): Promise<{ docked: number; refused: number }> {
  if (wish.wipe && wish.trust === null) throw new Error('a camera is wiped only against a trust file')
  const policy = wish.trust === null ? null : parsePolicy(wish.trust)
  const server = new DockServer(wish.server, wish.token)
  const { files, passed } = await walk(wish.folder)
  const total = files.reduce((sum, file) => sum + file.bytes, 0)
  let done = 0
  const receipts = receiptFolderOf(wish.receipts, wish.server)
  const journal = await Journal.open(`${receiptFolderOf(wish.journal, wish.server)}.jsonl`)
  const progress = (bytes: number) => wish.onEvent({ kind: 'progress', done: (done += bytes), total })
  const session: Session = { wish, server, policy, journal, session: randomUUID(), receipts, progress }
  const tally = { docked: 0, refused: 0 }
  const tell = (line: DockLine) => {
    tally['refused' in line ? 'refused' : 'docked']++
    wish.onEvent({ kind: 'file', line })
  }
  for (const { path, why } of passed) tell({ path: printable(path), refused: why })
  const waiting = files.values()
  await Promise.all(Array.from({ length: inFlight }, () => dockFrom(session, waiting, tell)))
  return tally
}

async function dockFrom(session: Session, files: Iterator<CameraFile>, tell: (line: DockLine) => void): Promise<void> {
  for (let next = files.next(); !next.done; next = files.next()) tell(await lineOf(session, next.value))
}

async function lineOf(session: Session, file: CameraFile): Promise<DockLine> {
  const path = printable(file.path)
  try {
    return await dockFile(session, file, path)
  } catch (error) {
    if (error instanceof StillGrowing)
      return { path, refused: 'still growing: it changed while it was read; dock again when it rests' }
    if (error instanceof ServerRefused) return { path, refused: error.message }
    if (error instanceof Error && 'code' in error) return { path, refused: `it cannot be read: ${String(error.code)}` }
    throw error
  }
}

async function dockFile(session: Session, file: CameraFile, path: string): Promise<DockLine> {
  const { wish, policy, journal, receipts } = session
  const camera = wish.camera ?? cameraInFileName(path)
  const sha256 = await digestOf(file)
  const measured = { bytes: file.bytes, sha256 }
  const { text, recording } = await receiptFor(session, { file, camera, sha256, path })
  const doubt = await doubtOf(text, policy, measured)
  if (doubt !== null) return { path, refused: `the receipt does not verify (${doubt}); the file is kept on the camera` }
  const receipt = await keepReceipt(receipts, `${recording}-${sha256.slice(0, 8)}`, text)
  await journal.remember(camera, file, { sha256, recording, receipt })
  const line = { path, recording, sha256, bytes: file.bytes, receipt }
  return wish.wipe && policy !== null ? { ...line, wiped: await wipe(file, sha256) } : line
}

type Sending = { file: CameraFile; camera: string | null; sha256: string; path: string }

/** The receipt of this very file: one that is kept already, one the server can give again, or that of a new upload. */
async function receiptFor(session: Session, sending: Sending): Promise<{ text: string; recording: string }> {
  const { server, journal } = session
  const remembered = journal.find(sending.camera, sending.file)
  const same = remembered?.sha256 === sending.sha256 ? remembered : null
  const kept = same?.receipt === undefined ? null : await readReceipt(same.receipt)
  if (kept !== null && same?.recording !== undefined) return { text: kept, recording: same.recording }
  const there = await docked(server, sending)
  if (there !== null) return fetchReceipt(server, `/api/recordings/${there}/receipt`)
  const upload = await send(session, sending, same?.upload ?? null)
  return fetchReceipt(server, `${upload}/receipt`)
}

async function docked(server: DockServer, { camera, sha256 }: Sending): Promise<string | null> {
  const headers = { 'content-type': 'application/json' }
  const answer = await server.ask('POST', '/api/dock/known', headers, JSON.stringify({ camera, sha256: [sha256] }))
  if (answer.status !== 200)
    throw new ServerRefused(JSON.parse(answer.text).message ?? `the server answered ${answer.status}`)
  const [known] = JSON.parse(answer.text) as { recording: string }[]
  return known?.recording ?? null
}

async function send(session: Session, sending: Sending, earlier: string | null): Promise<string> {
  const { server, journal, progress } = session
  const { file, camera, sha256 } = sending
  const standing = earlier === null ? null : await offsetOf(server, earlier)
  const upload =
    standing === null || earlier === null ? await beginUpload(server, file, describe(session, sending)) : earlier
  if (standing === null) await journal.remember(camera, file, { sha256, upload })
  let acknowledged = standing ?? 0
  progress(acknowledged)
  await sendRest(server, { upload, file, from: acknowledged }, offset => {
    progress(Math.max(0, offset - acknowledged))
    acknowledged = offset
  })
  return upload
}

function describe(
  { wish, session }: Session,
  { file, camera, sha256, path }: Sending,
): Record<string, string | Buffer> {
  const source = wish.camera === null ? 'file name' : 'operator'
  return {
    path: file.path,
    sha256,
    clocks: JSON.stringify(clocksOf(path, file.modifiedAt)),
    dockSession: session,
    proposedHold: String(file.flagged),
    ...(camera === null ? {} : { camera, cameraSource: source }),
  }
}

/** Reads the file a second time and lets it go only when it is, byte for byte, the one the receipt is for (G4). */
async function wipe(file: CameraFile, sha256: string): Promise<boolean> {
  if ((await digestOf(file)) !== sha256) return false
  await unlink(file.place)
  await syncFolder(file.place.subarray(0, file.place.lastIndexOf('/'))).catch(() => {
    // Some camera file systems cannot sync a folder; the file is gone all the same.
  })
  return true
}
