import type { Signed } from './checkpoints.ts'
import { Heartbeat } from './heartbeat.ts'
import { leadThrough } from './leader.ts'
import { LogMap } from './log-map.ts'
import { Proofs } from './proofs.ts'
import { Publisher } from './publisher.ts'
import { SealedLabels } from './sealed-labels.ts'
import { Sequencer } from './sequencer.ts'
import type { Ground } from './settings.ts'
import { Settling } from './settling.ts'
import { reasonToStop } from './stopped.ts'
import { leavesFrom, progress } from './store.ts'
import type { ClockLead } from './witness-clocks.ts'
import { Witnesses } from './witnesses.ts'

const BEAT_MS = 1000
const REST_MS = 200
const WITNESS_TIMEOUT_MS = 5000
const FLOOD = 8192
const SILENT_MS = 60_000

/** A log that may sign, with everything that keeps it going. */
export class RunningLog {
  readonly sequencer: Sequencer
  readonly publisher: Publisher
  readonly map: LogMap
  readonly proofs: Proofs
  readonly settling: Settling
  readonly #witnesses: Witnesses
  readonly #ground: Ground
  readonly #labels: SealedLabels
  readonly #sealing: Heartbeat
  readonly #publishing: Heartbeat
  readonly #begun = Promise.withResolvers<void>()
  #nextPublicAt = 0
  #closed = false

  constructor(ground: Ground, { log, signed }: { log: number; signed: Signed }) {
    const { database, signers } = ground
    const labels = new SealedLabels()
    this.#ground = ground
    this.#labels = labels
    this.map = new LogMap((from, most) => database.asInstallation(trx => leavesFrom(trx, { log, from, most })), signed)
    const common = { ...ground, map: this.map, pending: ground.history, lead: leadThrough(database) }
    this.sequencer = new Sequencer(
      {
        ...common,
        signer: signers.log,
        onSigned: (first, leaves) => labels.signed(first, leaves),
        onStopped: () => this.#letGo(),
      },
      { log, signed, mayBegin: this.#begun.promise },
    )
    const timeoutMs = Math.min(WITNESS_TIMEOUT_MS, ground.cadenceSeconds * 500)
    const witnesses = new Witnesses({ ...ground, timeoutMs })
    this.#witnesses = witnesses
    const cosigners = [...ground.witnesses.map(witness => witness.key), ...ground.mapCheckers]
    this.publisher = new Publisher({ ...common, sequencer: this.sequencer, cosigners, witnesses })
    const door = { ...common, sequencer: this.sequencer, publisher: this.publisher }
    this.proofs = new Proofs({ ...door, second: signers.second })
    this.settling = new Settling({ ...door, proofs: this.proofs })
    this.#sealing = new Heartbeat(() => this.#seal(), { everyMs: BEAT_MS, restMs: REST_MS }, ground.log)
    this.#publishing = new Heartbeat(() => this.#publish(), { everyMs: BEAT_MS / 2, restMs: 0 }, ground.log)
  }

  /** Reads what is public; then, while the installation is served already, asks the witnesses, fills the map, and begins. */
  async start(): Promise<void> {
    await this.publisher.load()
    this.#ground.history.onCommitted(() => this.#sealing.wake())
    this.#nextPublicAt = performance.now() + this.#untilDue()
    void this.#begin()
    void this.#fillMap()
  }

  /** Resolves with the leaf's index once a signed checkpoint covers it; null when the log ends before. */
  async whenSealed(label: Uint8Array): Promise<number | null> {
    const waiting = this.#labels.wait(label)
    await this.#settleWaiting([label])
    if (this.sequencer.standing !== 'ok') this.#letGo()
    return waiting
  }

  /** Makes the next public checkpoint now. */
  async publishNow(): Promise<boolean> {
    this.#nextPublicAt = performance.now() + this.#ground.cadenceSeconds * 1000
    return (await this.publisher.publish()) !== null
  }

  /** By how much our clock leads the witnesses'. A witness not heard lately is first shown a new public checkpoint. */
  async clockLeads(): Promise<readonly ClockLead[]> {
    const { clocks, any } = this.#witnesses
    const late = Math.max(2 * this.#ground.cadenceSeconds * 1000, SILENT_MS)
    if (any && clocks.silentMs > late) await this.publishNow()
    return clocks.leads(this.#ground.clock.now())
  }

  figures(): {
    leaves: number
    publicLeaves: number
    countersignedLeaves: number
    labels: number
    mapReady: boolean
  } {
    const leaves = this.sequencer.signed.size
    return {
      leaves,
      publicLeaves: this.publisher.newest?.size ?? 0,
      countersignedLeaves: this.publisher.countersignedSize,
      labels: this.map.labels,
      mapReady: this.map.covered >= leaves,
    }
  }

  /** Ends timers and waits for the turn under way; whoever still waits is told null. */
  async close(): Promise<void> {
    this.#closed = true
    this.settling.close()
    await this.#begun.promise
    await Promise.all([this.#sealing.close(), this.#publishing.close()])
    await this.sequencer.turn(async () => undefined).catch(() => undefined)
    this.publisher.end()
    this.#labels.end()
  }

  async #begin(): Promise<void> {
    try {
      await this.publisher.inquire()
    } catch (error) {
      this.#ground.log.warn({ err: error }, 'the witnesses could not be asked')
    }
    this.#begun.resolve()
    if (this.#closed) return
    this.#sealing.start()
    this.#publishing.start()
  }

  async #fillMap(): Promise<void> {
    try {
      await this.map.catchUp(this.sequencer.signed.size)
    } catch (error) {
      const reason = reasonToStop(error)
      if (reason !== null) this.sequencer.stop(reason)
      else this.#ground.log.warn({ err: error }, 'the map could not be filled yet')
    }
  }

  async #seal(): Promise<void> {
    const { sequencer, publisher } = this
    if (sequencer.standing !== 'ok') return
    const now = await this.#ground.database.asInstallation(async trx => ({
      ...(await progress(trx, sequencer.log)),
      waiting: await this.#ground.history.waiting(trx),
    }))
    if (now.signed > sequencer.signed.size) await sequencer.catchUp()
    if (now.published > (publisher.newest?.size ?? 0)) await publisher.load()
    await this.#settleWaiting(this.#labels.labels)
    // One turn takes a bounded number: what is left of a flood is not left until the next beat.
    if (now.waiting > FLOOD) this.#sealing.wake()
    if (now.waiting > 0 || now.leaves > sequencer.signed.size) {
      await sequencer.turn(async turn => {
        await turn.number()
        await turn.seal()
      })
    } else if (now.signed < sequencer.signed.size) await sequencer.record()
  }

  async #publish(): Promise<void> {
    if (this.sequencer.standing !== 'ok' || performance.now() < this.#nextPublicAt) return
    const before = this.publisher.newest?.size ?? 0
    await this.publisher.load()
    const isAhead = (this.publisher.newest?.size ?? 0) > before
    // Another process was due first; its interval is ours too.
    if (isAhead) this.#nextPublicAt = performance.now() + this.#ground.cadenceSeconds * 1000
    else await this.publishNow()
  }

  #untilDue(): number {
    const cadenceMs = this.#ground.cadenceSeconds * 1000
    const { newest } = this.publisher
    if (newest === null) return 0
    // A clock that was set back must not put the next public checkpoint off for days.
    return Math.min(cadenceMs, Math.max(0, newest.at + cadenceMs - this.#ground.clock.now()))
  }

  /** For labels whose leaf another process may have numbered and signed, or this one before anybody asked. */
  async #settleWaiting(labels: readonly Uint8Array[]): Promise<void> {
    for (const label of labels) {
      const index = await this.proofs.position(label)
      if (index !== null && index < this.sequencer.signed.size) this.#labels.settle(label, index)
    }
  }

  #letGo(): void {
    this.publisher.end()
    this.#labels.end()
  }
}
