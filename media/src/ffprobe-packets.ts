import type { Fact } from './facts.ts'
import type { ReadingLimits } from './footage.ts'

/** Counts keyframes and the extent of a track from ffprobe's list of packets, line by line. */
export class KeyframeCount {
  readonly #limits: Required<ReadingLimits>
  readonly #times: number[] = []
  #start: number | null = null
  #end: number | null = null

  constructor(limits: Required<ReadingLimits>) {
    this.#limits = limits
  }

  /** False once there are more keyframes than any footage has. */
  take(line: string): boolean {
    const [, time, duration, key] = /^pts_time=(-?\d+\.\d+)\|duration_time=(\d+\.\d+|N\/A)\|flags=(K?)/.exec(line) ?? []
    if (time === undefined || duration === undefined) return true
    const start = Math.round(Number(time) * 1000) + 0
    const end = start + (duration === 'N/A' ? 0 : Math.round(Number(duration) * 1000))
    this.#start = Math.min(this.#start ?? start, start)
    this.#end = Math.max(this.#end ?? end, end)
    if (key === 'K') this.#times.push(start)
    return this.#times.length <= this.#limits.keyframes
  }

  /** Every packet of sound is a key: keyframes are told of pictures only. */
  facts(parser: string, video: boolean): Fact[] {
    if (this.#start === null || this.#end === null) return []
    const facts: Fact[] = [{ name: 'duration-ms', value: this.#end - this.#start, source: 'packets', parser }]
    if (!video) return facts
    facts.push({ name: 'keyframes', value: this.#times.length, source: 'packet flags', parser })
    if (this.#times.length > this.#limits.keyframesListed) return facts
    const times = this.#times.toSorted((a, b) => a - b)
    return [...facts, { name: 'keyframe-times-ms', value: times, source: 'packet flags', parser }]
  }
}
