import { tombstoneOf } from '../platform/vault/vault.ts'
import type { Actor } from '../people/people.ts'
import { afterCommit, type Trx } from '../platform/database/door.ts'
import type { Still } from '../platform/still.ts'
import { Background, Turns } from './background.ts'
import { noteCase, type CaseNoted } from './cases.ts'
import { categorise, type Categorised, type CategoryWish } from './categories.ts'
import { settleKeys } from './classes.ts'
import { clockInDoubt, confirmClock } from './clock-doubt.ts'
import { begin, consider } from './deadlines.ts'
import { askDecision, carryDecision, otherThanAsked, type DecisionAsked, type DecisionWish } from './decisions.ts'
import { askDowngrade, carryDowngrade, type DowngradeAsked, type DowngradeWish } from './downgrade.ts'
import { fulfilDuty, type DutyDone } from './duties.ts'
import { askEarlyDeletion, deleteEarly, type EarlyAsked } from './early.ts'
import { forecast, type Forecast } from './forecast.ts'
import type { Eraser, KeepGround, Which } from './ground.ts'
import type { LifeReason } from './life.ts'
import type { HoldKind } from './hold-kinds.ts'
import { holdsStanding, recordingOfHold, reviewHold, type Reviewed, type StandingHold } from './hold-review.ts'
import { askRelease, liftHolds, placeHold, type Held, type ReleaseAsked } from './holds.ts'
import { deletedHere, type File } from './recognition.ts'
import { lastRun, type LastRun } from './last-run.ts'
import { reckonAnew } from './reckoning.ts'
import { openRecords, type Records } from './record-door.ts'
import { pastDeletions, pastRuns, type PastDeletion, type PastRun } from './past.ts'
import { releaseBrake, run, type RunReport } from './run.ts'
import { brakedIn } from './run-store.ts'
import { acceptLoss, findLoss, type Accepted, type Loss } from './loss.ts'
import { claimDatabase, cleanUpStop, rememberVault } from './standing.ts'
import { rememberObjects } from './store-mark.ts'
import { unsettleAll } from './store.ts'
import { sweep, type SweepReport } from './sweep.ts'
import { keepTables } from './tables.ts'
import type { CaseNote } from './terms.ts'

export type { Categorised, CategoryRefusal } from './categories.ts'
export type { CaseNoted, CaseRefusal } from './cases.ts'
export type { DecisionAsked, DecisionRefusal, DecisionWish } from './decisions.ts'
export type { DowngradeAsked, DowngradeRefusal } from './downgrade.ts'
export type { Due, DueItem } from './due.ts'
export type { DutyDone, DutyRefusal } from './duties.ts'
export type { Blocked, BlockedBecause, Forecast } from './forecast.ts'
export type { EarlyAsked, EarlyRefusal } from './early.ts'
export { tombstoneEnd as loggedEnd } from './erasing.ts'
export type { Deleted, Unfinished } from './erasing.ts'
export type { Eraser, KeepGround, KeepLog, Which } from './ground.ts'
export type { Held, HoldRefusal, ReleaseAsked, ReleaseRefusal } from './holds.ts'
export type { HoldKind } from './hold-kinds.ts'
export type { Reviewed, ReviewRefusal, StandingHold } from './hold-review.ts'
export type { LastRun } from './last-run.ts'
export type { PastDeletion, PastRun } from './past.ts'
export type { Records } from './record-door.ts'
export type { KeptRecord, RecordRefusal } from './records.ts'
export type { RunReport } from './run.ts'
export type { Loss } from './loss.ts'
export type { SweepCode, SweepFinding, SweepReport } from './sweep.ts'

/** A wish of which some parts may be left out. */
type OpenWish<Wish, Left extends keyof Wish> = Omit<Wish, Left> & Partial<Pick<Wish, Left>>

/** Rounds of work follow each other twice a second; the store's mark is moved for those of so long together. */
const MARK_GATHER_MS = 10_000

/** How long recordings live, what stops their deletion, and the deletion itself. */
export interface Keep {
  /** Marks a new installation's database as its own; objects and vault have `claim` for it. */
  claim(): Promise<void>
  /** Registers who holds anything of a recording; before the first run. Throws when the name is taken. */
  registerEraser(eraser: Eraser): void
  /** Looks at a recording's deadline again; `because` is a code for its history. Never brings a deletion forward. */
  consider(trx: Trx, which: Which, because: LifeReason): Promise<void>
  /** Puts a recording under a rule of its policy too. It only ever lengthens a life. */
  categorise(actor: Actor, wish: OpenWish<CategoryWish, 'case' | 'offence'>): Promise<Categorised>
  /** Asks for a category to be taken away, or another put in its place; another person confirms. */
  askDowngrade(actor: Actor, wish: DowngradeWish): Promise<DowngradeAsked>
  /** Notes what happened in a recording's case; `on` in epoch milliseconds. */
  noteCase(actor: Actor, note: CaseNote & { recording: string; reason: string }): Promise<CaseNoted>
  /** Where the policy lets people decide about a deletion: asks for it; another, in another of its roles, confirms. */
  askDecision(actor: Actor, wish: DecisionWish): Promise<DecisionAsked>
  /** Stops a recording's deletion from the moment this resolves. `review` in epoch milliseconds; after 30 days when null. */
  hold(actor: Actor, wish: { recording: string; reason: string; review: number | null; kind?: HoldKind }): Promise<Held>
  /** The agency's holds that stand, those first that are to be reviewed first. */
  holds(agency: string): Promise<StandingHold[]>
  /** Notes that a hold was looked at and is still needed; `review` as for `hold`. */
  reviewHold(actor: Actor, wish: { hold: string; reason: string; review: number | null }): Promise<Reviewed>
  /** Notes that the other party of a dispute was told, or offered a copy. */
  fulfilDuty(actor: Actor, wish: { hold: string; done: 'told' | 'offered-copy' }): Promise<DutyDone>
  /** Which recording a hold is on, also one that was lifted; null: the agency has none of that id. */
  recordingOfHold(agency: string, hold: string): Promise<string | null>
  /** Documents beside the footage that have a minimum of their own. */
  readonly records: Records
  /** Asks for the holds that stand now to be lifted; another person confirms. */
  askRelease(actor: Actor, wish: { recording: string; reason: string }): Promise<ReleaseAsked>
  /** Asks for a recording to go before its time; another person confirms. */
  askEarlyDeletion(actor: Actor, wish: { recording: string; reason: string }): Promise<EarlyAsked>
  /** What falls due by a moment (epoch milliseconds), by which rule, and what is in its way. Changes nothing. */
  forecast(agency: string, by: number): Promise<Forecast>
  /** The nightly run, now. `by` null: by the clock. Runs of one agency never overlap in this process. */
  run(agency: string, by: Actor | null): Promise<RunReport>
  /** How the agency's runs stand. */
  lastRun(agency: string): Promise<LastRun>
  /** How the agency's runs ended, newest first. */
  pastRuns(agency: string, most: number): Promise<PastRun[]>
  /** What the agency deleted and still has the tombstones of, newest first; from behind the one named. */
  pastDeletions(
    agency: string,
    page: { most: number; after: Pick<PastDeletion, 'recording' | 'deletedAt'> | null },
  ): Promise<PastDeletion[]>
  /** Why clean-up must not run at all; null when nothing is in its way. */
  standing(): Promise<Still | null>
  /** What is lost with an object store that was put back from before; null where it was not. Changes nothing. */
  findLoss(): Promise<Loss | null>
  /**
   * Goes on without what is lost, by an operator's word. Deletes nothing; each recording is marked, and its history says so. Null when
   * done, else what stands in the way.
   */
  acceptLoss(loss: Loss, said: Accepted): Promise<Still | null>
  /** What is against the clock as it stands, by which nothing of an agency may go then; null when nothing is. Asks nobody. */
  clockInDoubt(agency: string): Promise<Still | null>
  /** Brings the vault's classes in line with deadlines and holds; what could not be moved before is moved now. */
  settle(agency: string): Promise<number>
  /** Resolves when moves that were begun in the background have ended; their failures are logged. */
  settled(): Promise<void>
  /** After the vault was restored: destroys again what had been destroyed, and moves every key anew. Says how many went. */
  afterVaultRestore(): Promise<number>
  /** Whether the agency deleted each of these files on time. Inside a transaction. */
  deletedHere(trx: Trx, files: readonly File[]): Promise<boolean[]>
  /** Compares objects, database, vault and log, as far as it concerns an agency; only reports. */
  sweep(agency: string): Promise<SweepReport>
}

/** Opens keep: from here on every sealed recording gets its deadline in the transaction that seals it. */
export function openKeep(ground: KeepGround): Keep {
  const { database, history, vault } = ground
  const erasers: Eraser[] = []
  const rounds = openRounds(ground)
  const { background, marking, settleOf, reckoning } = rounds
  const within = { ...ground, wake: background.wake }
  const turns = new Turns()
  history.subscribe('sealed', (trx, sealed) => begin(trx, within, sealed.map(whichOf)))
  history.subscribe('indexed', async (trx, indexed) => {
    for (const which of indexed.map(whichOf)) await consider(trx, within, which, 'media-read', null)
  })
  history.subscribe('policy-published', async (_trx, published) => {
    afterCommit(() => published.forEach(({ agency }) => reckoning.wake(agency)))
  })
  answerQuestions(within)
  return {
    async claim() {
      await claimDatabase(ground)
      await rememberObjects(ground)
    },
    registerEraser(eraser) {
      if (erasers.some(one => one.name === eraser.name)) throw new Error(`two erasers are called ${eraser.name}`)
      erasers.push(eraser)
    },
    consider: (trx, which, because) => consider(trx, within, which, because, null),
    ...wishes(within, background),
    forecast: (agency, by) => database.asAgency(agency, trx => forecast(trx, ground, agency, by)),
    async run(agency, by) {
      const report = await turns.of(agency, () => run(ground, erasers, { agency, by }))
      if (report.state !== 'stopped') marking.wake('store')
      return report
    },
    lastRun: agency => lastRun(ground, agency),
    pastRuns: (agency, most) => database.asAgency(agency, trx => pastRuns(trx, agency, most)),
    pastDeletions: (agency, page) => database.asAgency(agency, trx => pastDeletions(trx, agency, page)),
    standing: () => cleanUpStop(ground),
    findLoss: () => findLoss(ground),
    acceptLoss: (loss, said) => acceptLoss(ground, loss, said),
    clockInDoubt: agency => clockInDoubt(ground, agency),
    settle: settleOf,
    settled: () => rounds.settled(),
    async afterVaultRestore() {
      const destroyed = await database.asInstallation(destroyedKeys)
      const again = await vault.replayDestructions(destroyed.map(tombstoneOf))
      await database.asInstallation(unsettleAll)
      await rememberVault(ground, true)
      return again
    },
    deletedHere: (trx, files) => deletedHere(trx, vault, files),
    sweep: agency => sweep(ground, agency),
    recordingOfHold: (agency, hold) => database.asAgency(agency, trx => recordingOfHold(trx, agency, hold)),
  }
}

type Within = KeepGround & { readonly wake: (agency: string) => void }

type Wishes = Pick<
  Keep,
  | 'categorise'
  | 'askDowngrade'
  | 'noteCase'
  | 'askDecision'
  | 'hold'
  | 'holds'
  | 'reviewHold'
  | 'fulfilDuty'
  | 'records'
  | 'askRelease'
  | 'askEarlyDeletion'
>

/** What persons wish about how long something lives: each in a transaction of its own, as their agency. */
function wishes(within: Within, background: Background): Wishes {
  const { database, clock } = within
  const as = <T>(actor: Actor, work: (trx: Trx) => Promise<T>): Promise<T> => database.asAgency(actor.agency, work)
  return {
    categorise: (actor, wish) =>
      as(actor, trx => categorise(trx, within, { case: null, offence: null, ...wish, by: actor })),
    askDowngrade: (actor, wish) => as(actor, trx => askDowngrade(trx, within, { ...wish, by: actor })),
    noteCase: (actor, note) => as(actor, trx => noteCase(trx, within, { ...note, by: actor })),
    askDecision: (actor, wish) => as(actor, trx => askDecision(trx, within, { ...wish, by: actor })),
    async hold(actor, wish) {
      const held = await as(actor, trx => placeHold(trx, within, { kind: 'case', ...wish, by: actor }))
      if (held.state === 'held') await background.idle()
      return held
    },
    holds: agency => database.asAgency(agency, trx => holdsStanding(trx, agency, clock.now())),
    reviewHold: (actor, wish) => as(actor, trx => reviewHold(trx, within, { ...wish, by: actor })),
    fulfilDuty: (actor, wish) => as(actor, trx => fulfilDuty(trx, within, { ...wish, by: actor })),
    records: openRecords(within),
    askRelease: (actor, wish) => as(actor, trx => askRelease(trx, within, { ...wish, by: actor })),
    askEarlyDeletion: (actor, wish) => as(actor, trx => askEarlyDeletion(trx, within, { ...wish, by: actor })),
  }
}

/** What keep does when two persons have agreed. */
function answerQuestions(within: Within): void {
  const { approvals } = within
  approvals.onApproved('hold-release', (trx, approved) => liftHolds(trx, within, approved))
  approvals.onApproved('complaint-release', (trx, approved) => liftHolds(trx, within, approved))
  approvals.onApproved('early-deletion', (trx, approved) => deleteEarly(trx, within, approved))
  approvals.onApproved('category-downgrade', (trx, approved) => carryDowngrade(trx, within, approved))
  approvals.onApproved(
    'deletion-decision',
    (trx, approved) => carryDecision(trx, within, approved),
    (trx, approved) => otherThanAsked(trx, within, approved),
  )
  approvals.onApproved('brake', releaseBrake)
  approvals.onListed('brake', brakedIn)
  approvals.onApproved('clock', (trx, approved) => confirmClock(trx, within, approved))
}

type Rounds = {
  readonly background: Background
  readonly reckoning: Background
  readonly marking: Background
  readonly settleOf: (agency: string) => Promise<number>
  readonly settled: () => Promise<void>
}

/** What follows in the background on each round of work: keys go to their class, then the places are remembered as they are now. */
function openRounds(ground: KeepGround): Rounds {
  const settleOf = async (agency: string): Promise<number> => {
    const moved = await settleKeys(ground, agency)
    // After each round of new keys, and not only by the nightly run: a vault of a minute ago is known for what it is.
    await rememberVault(ground)
    marking.wake('store')
    return moved
  }
  // Apart from the rounds of keys, which a hold waits for: the store may be far away.
  const marking = new Background(
    () => rememberObjects(ground),
    err => ground.log.error({ err }, "the object store's mark could not be moved; it will be with the next round"),
    MARK_GATHER_MS,
  )
  const background = new Background(settleOf, (err, agency) => {
    ground.log.error({ err, agency }, 'keys could not be moved to their class; they will be tried again')
  })
  const reckoning = new Background(
    agency => reckonAnew({ ...ground, wake: background.wake }, agency),
    (err, agency) =>
      ground.log.error({ err, agency }, 'a new policy could not be reckoned; the next run does it first'),
  )
  const settled = async (): Promise<void> => {
    await reckoning.idle()
    await background.idle()
    await marking.idle()
  }
  return { background, marking, reckoning, settleOf, settled }
}

function whichOf({ agency, subject }: { agency: string; subject: string }): Which {
  return { agency, recording: subject }
}

async function destroyedKeys(trx: Trx): Promise<string[]> {
  const rows = await keepTables(trx)
    .selectFrom('keep_deadline')
    .select('recording')
    .where('key_destroyed_at', 'is not', null)
    .execute()
  return rows.map(row => row.recording)
}
