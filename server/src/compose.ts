import { routerOf } from './router.ts'
import { captureId, disclose, genesisLabel, logId } from '@vidne/evidence/event'
import { type Thing } from './api.ts'
import { type Configuring, openConfiguring } from './configuring/configuring.ts'
import { type Dock, createDock } from './dock/dock.ts'
import { type Ground, cadenceOf } from './ground.ts'
import { type Equip, openEquip } from './equip/equip.ts'
import { type Keep, openKeep } from './keep/keep.ts'
import { mediaReader } from './media-reader.ts'
import type { Act, Actor } from './people/people.ts'
import { type Jobs, openJobs } from './platform/jobs/jobs.ts'
import type { Still } from './platform/still.ts'
import { type RecordingPage, openRecordingPage } from './recording-page/recording-page.ts'
import { type RecordGround, type RecordStage, openRecord } from './record/record.ts'
import {
  type Cases,
  type Listing,
  type Review,
  type Views,
  type Work,
  indexWords,
  openCases,
  openListing,
  openReview,
  openViews,
  openWork,
} from './review/review.ts'
import { openPublishing, openReplaying, type Publishing, type Replaying } from './rules/rules.ts'
import { workByTheClock } from './schedule.ts'
import { type Share, manifestOf, openShare } from './share/share.ts'
import { openStandstill, type Standstill } from './standstill.ts'
import { WrongStates } from './wrong-states.ts'

/** The stages of a recording's life over one ground, wired in the one place where all meet. */
export type Stages = {
  equip: Equip
  record: RecordStage
  dock: Dock
  keep: Keep
  share: Share
  review: Review
  listing: Listing
  publishing: Publishing
  replaying: Replaying
  configuring: Configuring
  views: Views
  cases: Cases
  work: Work
  recordingPage: RecordingPage
  /** Why nothing is taken in; null while it is. */
  standsStill: () => Promise<Still | null>
  /** Whether a recording is on the actor's list; where it is not, the try is put on his agency's audit. */
  sees: (actor: Actor, act: Act, recording: string) => Promise<boolean>
  /** Which recording of the agency a hold or a review is about, if any. */
  recordingOf: (agency: string, thing: Thing) => Promise<string | null>
}
export type House = Stages & {
  /** What goes on and not as it should. */
  wrongStates: WrongStates
  ground: Ground
  receiptOf: (recording: string) => Promise<string | null>
  jobs: Jobs
  router: ReturnType<typeof routerOf>
}

/** Wires the stages, each with the doors of those before it. Nothing runs by the clock yet. */
export function wireStages(ground: Ground): Stages {
  const { database, people, seal, history, clock, rules, access, settings } = ground
  const later: Later = {}
  const dock = openDock(ground, later)
  const equip = openEquip({ database, clock, people })
  // Before keep: what the policy says of a capture stands in its history before how long it lives.
  const captures: RecordGround['captures'] = (trx, recordings) => dock.captures(trx, recordings)
  const record = openRecord({
    database,
    clock,
    history,
    rules,
    people,
    access: ground.access,
    sees: seesOrNotes(ground),
    captures,
  })
  const keep = openKeeping(ground, later, { dock, record })
  later.keep = keep
  const standstill = openStandstill(ground, keep)
  later.standstill = standstill
  const cases = (later.cases = openCases({ ...ground, origin: settings.origin }))
  const work = openWork(ground)
  const share = openShare({
    cases,
    database,
    history,
    people,
    rules,
    access,
    dock,
    seal,
    clock,
    installation: aboutInstallation(ground),
  })
  const publishing = openPublishing({ database, clock, history, people, rules })
  const replaying = openReplaying({
    database,
    rules,
    publishing,
    situations: (agency, span) => record.past(agency, span),
  })
  const configuring = openConfiguring({ database, clock, history, people, rules, publishing })
  const review = openReview({ database, people, dock, access })
  indexWords(history)
  const listing = openListing({ database, clock, people, access, seal })
  const views = openViews({ database, clock, history, people, rules, access, dock })
  const recordingPage = pageOfOne(ground, dock, views)
  keep.registerEraser(dock.eraser)
  keep.registerEraser(record.eraser)
  keep.registerEraser(share.eraser)
  keep.registerEraser(views.eraser)
  for (const { eraser } of [cases, work]) keep.registerEraser(eraser)
  keep.registerEraser(access.eraser)
  const shown = { review, listing, views, recordingPage, cases, work }
  const doors = { equip, record, dock, keep, share, ...shown, publishing, replaying, configuring }
  const recordingOf: Stages['recordingOf'] = (agency, { is, id }) =>
    is === 'hold' ? keep.recordingOfHold(agency, id) : record.recordingOfReview(agency, id)
  return { ...doors, sees: seesOrNotes(ground), recordingOf, standsStill: standstill.because }
}

function pageOfOne(ground: Ground, dock: Dock, views: Views): RecordingPage {
  return openRecordingPage({
    ...ground,
    dock,
    views,
    countersignedLeaves: () => ground.seal.metrics().countersignedLeaves,
  })
}

/** Keep asks the log, the record and the dock what it must know before it lets anything go. */
function openKeeping(ground: Ground, later: Later, { dock, record }: { dock: Dock; record: RecordStage }): Keep {
  const { people, seal, settings } = ground
  return openKeep({
    ...ground,
    approvals: people.approvals,
    units: people.units,
    installation: settings.installation,
    logStanding: () => seal.standing(),
    clockLeads: () => seal.clockLeads(),
    endAudit: (agency, before) => people.endAudit(agency, before),
    endWords: (agency, before) => record.endWords(agency, before),
    endCases: async (agency, before) => (await later.cases?.endTexts(agency, before)) ?? 0,
    unfinished: (trx, agency) => dock.unfinished(trx, agency),
    // What happens in a rehearsal is no evidence, and its clock is set on purpose.
    deliberateLeap: () => ground.rehearsal !== null,
    stopped: stop => later.standstill?.stopped(stop),
  })
}

type Later = { keep?: Keep; standstill?: Standstill; cases?: Cases }

/** The dock asks later stages about clock, standing and what was deleted here; they are wired after it. */
function openDock(ground: Ground, later: Later): Dock {
  const { people, settings } = ground
  return createDock({
    ...ground,
    limits: {
      longestBytes: settings.uploadBytes,
      idleMs: settings.uploadIdleSeconds * 1000,
      uploadLifeMs: settings.uploadHours * 3_600_000,
    },
    receiptOf: recording => receiptOf(ground, recording),
    approvals: people.approvals,
    mayDock: actor => people.allowed(actor, 'dock'),
    readMedia: settings.readMedia ? mediaReader : null,
    deletedHere: async (trx, files) => later.keep?.deletedHere(trx, files) ?? files.map(() => false),
    standsStill: async () => later.standstill?.because() ?? null,
    clockInDoubt: async agency => later.keep?.clockInDoubt(agency) ?? null,
  })
}

/** Wires the stages and begins what runs by the clock. Closing the house closes the stages; the ground stays to its owner. */
export async function openHouse(ground: Ground): Promise<House & { close(): Promise<void> }> {
  const stages = wireStages(ground)
  const { dock, keep } = stages
  const jobs = openJobs({ database: ground.database, log: ground.log, zone: 'UTC' })
  for (const { name, cron, work } of workByTheClock(ground, stages)) jobs.every(name, cron, work)
  const router = routerOf(ground, stages, jobs)
  await jobs.start()
  // Served all the same: what needs the store waits for it, and goes on by itself when it is back.
  ground.objects.reach().catch((error: unknown) => {
    ground.log.error({ because: String(error) }, 'the object store does not answer; nothing is taken in until it does')
  })
  stages.standsStill().catch((error: unknown) => {
    ground.log.warn({ because: String(error) }, 'what the installation stands on could not be looked at yet')
  })
  const close = async () => {
    // Together: a job that reads media ends when the dock is told to close.
    await Promise.all([jobs.stop(), dock.close(), ground.people.mail.close()])
    await keep.settled()
  }
  const wrongStates = new WrongStates(ground, stages.keep)
  return { ground, ...stages, wrongStates, receiptOf: recording => receiptOf(ground, recording), jobs, router, close }
}

function seesOrNotes({ access, people, database }: Ground): Stages['sees'] {
  return async (actor, act, recording) => {
    if (await access.sees(actor, recording)) return true
    const { agency, person, token } = actor
    const row = { agency, person, token, act, subject: recording, outcome: 'not-on-list' }
    await database.asAgency(agency, trx => people.noteAudit(trx, row))
    return false
  }
}

function aboutInstallation({ settings, signers }: Ground) {
  return {
    origin: settings.origin,
    logKey: signers.log.vkey,
    rehearsal: settings.mode === 'rehearsal',
    cadenceSeconds: cadenceOf(settings),
    countersigned: settings.witnesses.length > 0 || settings.mapCheckers.length > 0,
  }
}

/** The receipt shows the dock what it sent, and not the manifest twice. */
async function receiptOf({ database, history, seal, settings }: Ground, recording: string): Promise<string | null> {
  const [first] = await database.asInstallation(trx => history.of(trx, recording))
  if (first === undefined) return null
  const manifest = manifestOf([first])
  const label = genesisLabel(logId(settings.origin), captureId(manifest))
  return seal.receiptOf({ manifest, label, event: disclose(first, name => name !== 'manifest') })
}
