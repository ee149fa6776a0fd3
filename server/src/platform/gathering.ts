type Waiting<In, Out> = {
  readonly one: In
  readonly done: (out: Out) => void
  readonly failed: (error: unknown) => void
}

/**
 * Work that costs little more for many than for one. What is asked while a round is under way goes into the next, so nobody
 * waits longer than for the round before his own, and what he gets was done after he asked.
 */
export class Gathering<In, Out> {
  readonly #round: (asked: readonly In[]) => Promise<readonly Out[]>
  readonly #most: number
  #waiting: Waiting<In, Out>[] = []
  #working = false

  /** `round` answers one by one, in the order it was given, at most `most` at once; when it rejects, all of it have failed. */
  constructor(p: { most: number; round: (asked: readonly In[]) => Promise<readonly Out[]> }) {
    this.#round = p.round
    this.#most = p.most
  }

  ask(one: In): Promise<Out> {
    return new Promise((done, failed) => {
      this.#waiting.push({ one, done, failed })
      if (!this.#working) void this.#work()
    })
  }

  async #work(): Promise<void> {
    this.#working = true
    // One turn of the loop, so that those who become ready together go together.
    await new Promise(turn => setImmediate(turn))
    while (this.#waiting.length > 0) await this.#workOff(this.#waiting.splice(0, this.#most))
    this.#working = false
  }

  async #workOff(group: readonly Waiting<In, Out>[]): Promise<void> {
    try {
      const answers = await this.#round(group.map(({ one }) => one))
      if (answers.length !== group.length) throw new Error('a round has not answered everyone')
      for (const [at, { done }] of group.entries()) done(answers[at] as Out) // as many as were asked
    } catch (error) {
      for (const { failed } of group) failed(error)
    }
  }
}

/** One gathering for each key, for as long as the process runs: keys are few (agencies). */
export class GatheringPerKey<In, Out> {
  readonly #make: (key: string) => Gathering<In, Out>
  readonly #made = new Map<string, Gathering<In, Out>>()

  constructor(p: { most: number; round: (key: string, asked: readonly In[]) => Promise<readonly Out[]> }) {
    this.#make = key => new Gathering({ most: p.most, round: asked => p.round(key, asked) })
  }

  ask(key: string, one: In): Promise<Out> {
    const gathering = this.#made.get(key) ?? this.#make(key)
    this.#made.set(key, gathering)
    return gathering.ask(one)
  }
}
