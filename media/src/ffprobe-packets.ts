import type { Fact } from './facts.ts'
import type { ReadingLimits } from './footage.ts'

/** AVI tells no time of showing for H.264, only of decoding. It is told instead: the same but for reordered pictures. */
const PACKET = /^pts_time=([^|]*)\|dts_time=([^|]*)\|duration_time=([^|]*)\|flags=(K?)/

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
    const [, shown, decoded, duration, key] = PACKET.exec(line) ?? []
    const start = milliseconds(shown) ?? milliseconds(decoded)
    if (start === null) return true
    this.#start = Math.min(this.#start ?? start, start)
    this.#end = Math.max(this.#end ?? start, start + (milliseconds(duration) ?? 0))
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

function milliseconds(seconds: string | undefined): number | null {
  return seconds !== undefined && /^-?\d+\.\d+$/.test(seconds) ? Math.round(Number(seconds) * 1000) + 0 : null
}
