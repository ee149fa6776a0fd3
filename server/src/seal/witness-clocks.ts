/** By how much our clock leads that of somebody who countersigns this log, in milliseconds; negative where it lags behind. */
export type ClockLead = { readonly by: string; readonly leadMs: number }

/**
 * What the clocks of the witnesses showed when they signed. Their word is carried on by the machine's steady count of time,
 * which no setting of its clock moves, so that a clock which leaps after the last signature is noticed before the next one.
 * The steady count stands still while a machine sleeps; until the next signature ours then seems to lead.
 */
export class WitnessClocks {
  readonly #steady: () => number
  readonly #heard = new Map<string, { theirs: number; mark: number }>()

  /** `steady`: milliseconds that only ever run on. */
  constructor(steady: () => number = () => performance.now()) {
    this.#steady = steady
  }

  /** A witness has just signed something new, and says that it was `at` then, in epoch milliseconds. */
  hear(by: string, at: number): void {
    this.#heard.set(by, { theirs: at, mark: this.#steady() })
  }

  /** How long ago anybody was heard, in milliseconds; Infinity when nobody ever was. */
  get silentMs(): number {
    return this.#steady() - Math.max(-Infinity, ...[...this.#heard.values()].map(({ mark }) => mark))
  }

  /** Each that was heard, against our clock that shows `now`. */
  leads(now: number): ClockLead[] {
    const steady = this.#steady()
    return [...this.#heard].map(([by, { theirs, mark }]) => ({ by, leadMs: now - (theirs + steady - mark) }))
  }
}
