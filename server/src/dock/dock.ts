import { availableParallelism } from 'node:os'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { may } from '../people/people.ts'
import type { Actor, Approvals } from '../people/people.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Trx } from '../platform/database/door.ts'
import { GatheringPerKey } from '../platform/gathering.ts'
import type { History } from '../platform/history/history.ts'
import type { Logger } from '../platform/http/logging.ts'
import type { Objects } from '../platform/objects/objects.ts'
import type { Vault } from '../platform/vault/port.ts'
import type { Still } from '../platform/still.ts'
import { askAdmission, admit } from './admission.ts'
import type { AdmissionAsked } from './admission.ts'
import { Completions } from './completion.ts'
import type { DockedFile } from './completion.ts'
import { type FootageEraser, clearDiscards, eraserOf, expireUploads } from './erasing.ts'
import { finishWhole } from './finishing.ts'
import { boardOf } from './board.ts'
import type { BoardCamera } from './board.ts'
import { capturesOf } from './captures.ts'
import type { Capture } from './captures.ts'
import { openFootage } from './footage.ts'
import type { Footage } from './footage.ts'
import type { Ground } from './ground.ts'
import { IntakeWatch } from './intake-watch.ts'
import { defaultLimits } from './limits.ts'
import { identified } from './metadata.ts'
import type { DockLimits } from './limits.ts'
import { OffsetLedger } from './offset-ledger.ts'
import { OpeningPool } from './opening-pool.ts'
import { OpenUploads } from './open-uploads.ts'
import { Owners } from './owners.ts'
import { readWaiting } from './reading.ts'
import type { ReadMedia } from './reading.ts'
import { factsOf, findRecording, knownDigests, listRecordings, piecesOf } from './recordings-store.ts'
import type { Fact, Recording } from './recordings-store.ts'
import { isRefusal } from './refusals.ts'
import { untilQuiet } from './quiet.ts'
import { SealingPool } from './sealing-pool.ts'
import { Sessions } from './sessions.ts'
import { SingleRun } from './single-run.ts'
import { Slots } from './slots.ts'
import { Turns } from './turns.ts'
import { handle } from './tus.ts'
import { anyUnfinished, insertUploads, wholeUploads } from './uploads-store.ts'
import type { Upload } from './uploads-store.ts'

export type { BoardCamera, Failure } from './board.ts'
export { FILE_DATE } from './clocks.ts'
export { FootageDamaged, FootageGone } from './footage.ts'
export type { AdmissionAsked, AdmissionRefusal } from './admission.ts'
export type { Footage } from './footage.ts'
export type { DockLimits } from './limits.ts'
export type { MediaReading, ReadMedia } from './reading.ts'
export type { Fact, Recording } from './recordings-store.ts'

export type DockGround = {
  readonly database: Database
  readonly objects: Objects
  readonly vault: Vault
  readonly history: History
  readonly clock: Clock
  readonly log: Logger
  readonly limits?: Partial<DockLimits>
  /** Digest of the policy in force at the agency, 32 bytes; `rules` gives it. */
  readonly policyDigest: (trx: Trx, agency: string) => Promise<Uint8Array>
  /** The text of a recording's receipt; null while the log has not taken it in. `seal` gives it. */
  readonly receiptOf: (recording: string) => Promise<string | null>
  /** Why nothing may be taken in or erased just now, in words with what to do; null, and where it is absent, while it may. */
  readonly standsStill?: () => Promise<Still | null>
  /** Why an agency's clock may be wrong; null while nothing is against it. `keep` knows; nobody asks when absent. */
  readonly clockInDoubt?: (agency: string) => Promise<Still | null>
  /** Null: no media is read here. */
  readonly readMedia: ReadMedia | null
  /** Whether an actor may bring in recordings; by his roles when absent. */
  readonly mayDock?: (actor: Actor) => Promise<boolean>
  /** Where a second person is asked to take in again what was deleted here; nobody can be when absent. */
  readonly approvals?: Approvals
  /** Whether footage with each of these digests was deleted here on time. `keep` knows; nobody does when absent. */
  readonly deletedHere?: (trx: Trx, files: readonly DockedFile[]) => Promise<boolean[]>
}

/** How busy the dock is just now. */
export type DockFigures = {
  readonly bodies: number
  readonly waitingBytes: number
  readonly sessions: number
  readonly slotsWaiting: number
}

/** Where recordings arrive: hashed and encrypted in flight, acknowledged when durable, sealed when whole. */
export interface Dock {
  /** Answers `/upload/…` by tus 1.0. `actor` is null where nobody is signed in. Rejects where our own code has broken. */
  handle(request: IncomingMessage, response: ServerResponse, actor: Actor | null): Promise<void>
  /**
   * Opens a recording's plaintext for reading at random. Releases the key: write the event of a view before (G11).
   * Throws FootageGone, FootageDamaged, KeyDestroyed.
   */
  openRecording(agency: string, recording: string): Promise<Footage>
  /** asAgency, or asInstallation for all. Null: no such recording. */
  find(trx: Trx, recording: string): Promise<Recording | null>
  /** Newest first. */
  list(trx: Trx, page: { most: number; after: { receivedAt: number; id: string } | null }): Promise<Recording[]>
  facts(trx: Trx, recording: string): Promise<Fact[]>
  /** When and by whom these recordings were made, as far as anything says so. */
  captures(trx: Trx, recordings: readonly string[]): Promise<Capture[]>
  /** The 44-byte leaves of the pieces, on end. */
  pieces(trx: Trx, recording: string): Promise<Uint8Array | null>
  /** Which of these digests (hexadecimal) are recordings of this camera. */
  known(
    agency: string,
    camera: string | null,
    sha256: readonly string[],
  ): Promise<{ sha256: string; recording: string }[]>
  /** What the charging room is told: cameras of the agency that dock now, have failed, or are done. */
  board(trx: Trx, agency: string): Promise<BoardCamera[]>
  /** Removes a recording's objects and rows after its data key was destroyed. Throws while the key is there. */
  readonly eraser: FootageEraser
  /** Asks for a withheld upload, whose footage was deleted here before, to be taken in; another person confirms. */
  askAdmission(actor: Actor, wish: { upload: string; reason: string }): Promise<AdmissionAsked>
  /** After a start, and now and then: finishes uploads that have all their bytes, and erases discarded storage. */
  recover(): Promise<{ finished: number; erased: number }>
  /** Whether an agency has bytes that are no recording yet. */
  unfinished(trx: Trx, agency: string): Promise<boolean>
  /** Ends uploads nobody went on with, where the clock is not in doubt; their keys are destroyed first. Says how many. */
  expire(): Promise<number>
  /** Reads the media of recordings that were not read yet. Says how many were tried. */
  readMedia(): Promise<number>
  figures(): DockFigures
  /** Ends bodies being received, keeping what had come, and then the workers that seal and read. */
  close(): Promise<void>
}

/** Opens the dock. Call `recover` once the server listens. */
export function createDock(p: DockGround): Dock {
  const hooks = { sealed: (): void => {}, discarded: (): void => {} }
  const ground = groundOf(p, hooks)
  const { database } = p
  let closing = false
  const clearing = new SingleRun(
    async () => ((await ground.standsStill()) === null ? clearDiscards(ground) : 0),
    error => logged(p.log, error, 'erasing discarded storage'),
  )
  const media = new SingleRun(
    async () => {
      if (p.readMedia === null) return 0
      await untilQuiet(() => ground.watch.bodies > 0 && !closing)
      return readWaiting(ground, p.readMedia, () => closing)
    },
    error => logged(p.log, error, 'reading media'),
  )
  hooks.sealed = () => media.wake()
  hooks.discarded = () => clearing.wake()
  p.approvals?.onApproved('take-in-again', (trx, approved) => admit(trx, ground, approved))
  return {
    handle: (request, response, actor) => handle(ground, request, response, actor),
    openRecording: (agency, recording) => openFootage(ground, agency, recording),
    find: findRecording,
    list: listRecordings,
    facts: factsOf,
    captures: capturesOf,
    pieces: piecesOf,
    known: async (agency, camera, sha256) => {
      const asked = {
        camera: identified(camera),
        sha256: sha256.map(digest => new Uint8Array(Buffer.from(digest, 'hex'))),
      }
      const known = await database.asAgency(agency, trx => knownDigests(trx, asked))
      return known.map(one => ({ ...one, sha256: Buffer.from(one.sha256).toString('hex') }))
    },
    board: (trx, agency) =>
      boardOf(trx, { agency, now: ground.clock.now(), isHeld: upload => ground.owners.isHeld(upload) }),
    eraser: eraserOf(ground),
    askAdmission: (actor, wish) =>
      database.asAgency(actor.agency, trx => askAdmission(trx, { approvals: p.approvals }, { ...wish, by: actor })),
    recover: async () => ({ finished: await finishAll(ground), erased: await clearing.run() }),
    unfinished: anyUnfinished,
    expire: async () => {
      if ((await ground.standsStill()) !== null) return 0
      const expired = await expireUploads(ground)
      await clearing.run()
      return expired
    },
    readMedia: () => media.run(),
    figures: () => figuresOf(ground),
    close: async () => {
      closing = true
      await endBodies(ground)
      await Promise.all([clearing.settled(), media.settled()])
      ground.sessions.close()
      await Promise.all([ground.pool.close(), ground.openings.close()])
    },
  }
}

function figuresOf({ watch, sessions, slots }: Ground): DockFigures {
  return {
    bodies: watch.bodies,
    waitingBytes: watch.waitingBytes,
    sessions: sessions.size,
    slotsWaiting: slots.waiting,
  }
}

async function endBodies(ground: Ground): Promise<void> {
  ground.watch.stopAll()
  await ground.owners.allReleased()
}

async function finishAll(ground: Ground): Promise<number> {
  let finished = 0
  for (const upload of await ground.database.asInstallation(wholeUploads)) {
    const done = await finishWhole(ground, upload)
    if (done !== null && !isRefusal(done)) finished += 1
  }
  return finished
}

function groundOf(p: DockGround, hooks: { sealed: () => void; discarded: () => void }): Ground {
  const { database, objects, vault, history, clock, log, policyDigest } = p
  const buffersParts = objects.kind === 's3'
  const limits = { ...defaultLimits({ cores: availableParallelism(), buffersParts }), ...p.limits }
  const slots = new Slots(limits.turns + limits.slots)
  const broke =
    (at: string) =>
    (error: Error): void =>
      logged(log, error, at)
  const pool = new SealingPool({ workers: limits.workers, slots, broke: broke('sealing') })
  const openings = new OpeningPool({ workers: limits.openers, broke: broke('reading footage') })
  const owners = new Owners(limits.takeOverMs)
  const openParts = new Turns(limits.openParts)
  const ledger = new OffsetLedger(database)
  const session = { database, ledger, lifeMs: limits.uploadLifeMs, now: () => clock.now() }
  const busy = (upload: string): boolean => owners.isHeld(upload)
  return {
    database,
    objects,
    vault,
    history,
    policyDigest,
    clock,
    log,
    limits,
    slots,
    pool,
    openings,
    owners,
    openParts,
    openUploads: new OpenUploads(database),
    turns: new Turns(limits.turns),
    sessions: new Sessions({ ...session, objects, vault, pool, busy }),
    watch: new IntakeWatch({ idleMs: limits.idleMs, waitingBytes: limits.waitingBytes, openParts }),
    beginnings: new GatheringPerKey({ most: 100, round: (agency, uploads) => beginUploads(database, agency, uploads) }),
    completions: new Completions({
      database,
      history,
      clock,
      policyDigest,
      deletedHere: p.deletedHere ?? neverDeleted,
    }),
    mayDock: p.mayDock ?? (async actor => may(actor, 'dock')),
    receiptOf: p.receiptOf,
    standsStill: p.standsStill ?? (async () => null),
    clockInDoubt: p.clockInDoubt ?? (async () => null),
    sealed: () => hooks.sealed(),
    discarded: () => hooks.discarded(),
  }
}

async function beginUploads(
  database: Database,
  agency: string,
  uploads: readonly Upload[],
): Promise<readonly Upload[]> {
  await database.asAgency(agency, trx => insertUploads(trx, uploads))
  return uploads
}

async function neverDeleted(_trx: Trx, files: readonly DockedFile[]): Promise<boolean[]> {
  return files.map(() => false)
}

function logged(log: Logger, error: unknown, at: string): void {
  log.error({ because: error instanceof Error ? error.message : String(error) }, `the dock met a trouble while ${at}`)
}
