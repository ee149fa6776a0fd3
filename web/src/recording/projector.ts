import type Hls from 'hls.js'
import type { Playing } from './questions.ts'
import { type OpenView, partOf } from './view.ts'
import { type Can, type Codecs, type Way, waysFor } from './ways.ts'

/** What the projector tells of itself. `way` null: it has not found one yet. */
export type Shown = { readonly way: Way | null; readonly cannot: boolean; readonly frameSeconds: number }

const FRAME_SECONDS = 1 / 25

/**
 * Brings the footage of a view onto a video element: as it is, in segments, or as a viewing copy, whichever works first. All times are
 * seconds from the recording's beginning, however it comes.
 */
export class Projector {
  readonly #video: HTMLVideoElement
  readonly #view: OpenView
  readonly #playing: Playing
  readonly #tell: (shown: Shown) => void
  readonly #ended = new AbortController()
  #shown: Shown = { way: null, cannot: false, frameSeconds: FRAME_SECONDS }
  #left: Way[] = []
  #hls: Hls | null = null
  /** Where a viewing copy begins. */
  #offset = 0

  constructor(video: HTMLVideoElement, view: OpenView, playing: Playing, tell: (shown: Shown) => void) {
    this.#video = video
    this.#view = view
    this.#playing = playing
    this.#tell = tell
  }

  async start(): Promise<void> {
    const { signal } = this.#ended
    // Segments tell their own faults.
    this.#video.addEventListener('error', () => this.#hls === null && void this.#next(), { signal })
    // What the browser opens by itself begins before anything else is asked.
    const [first] = waysFor(this.#playing, null, can)
    if (first === 'direct') await this.#take('direct')
    const codecs = await this.#codecs()
    if (signal.aborted) return
    this.#left = waysFor(this.#playing, codecs, can).filter(way => way !== 'direct' || first !== 'direct')
    const frameSeconds = codecs?.frameRate === null || codecs === null ? FRAME_SECONDS : 1 / codecs.frameRate
    this.#say({ frameSeconds })
    if (this.#shown.way === null || this.#failed) await this.#next()
  }

  #failed = false

  /** Where we are. */
  get now(): number {
    return this.#offset + this.#video.currentTime
  }

  get duration(): number {
    const known = (this.#playing.durationMs ?? 0) / 1000
    const told = this.#video.duration
    return this.#shown.way !== 'copy' && Number.isFinite(told) && told > 0 ? told : known
  }

  seek(seconds: number): void {
    const to = Math.min(Math.max(0, seconds), Math.max(0, this.duration - 0.001))
    if (this.#shown.way !== 'copy' || this.#isMade(to - this.#offset)) {
      this.#video.currentTime = to - this.#offset
      return
    }
    const { paused, playbackRate } = this.#video
    this.#copyFrom(to)
    this.#video.playbackRate = playbackRate
    if (!paused) void this.#video.play().catch(() => undefined)
  }

  end(): void {
    this.#ended.abort()
    this.#hls?.destroy()
    this.#video.removeAttribute('src')
    this.#video.load()
  }

  /** A copy is made as it is looked at; few browsers go to and fro in what has come of it. */
  #isMade(at: number): boolean {
    const holds = (ranges: TimeRanges) =>
      Array.from({ length: ranges.length }, (_, place) => place).some(
        place => ranges.start(place) <= at && at <= ranges.end(place),
      )
    return holds(this.#video.seekable) && holds(this.#video.buffered)
  }

  /** The next way, where one failed; while the others are not known yet it is only noted. */
  async #next(): Promise<void> {
    this.#failed = true
    const way = this.#left.shift()
    if (way !== undefined) return this.#take(way)
    if (this.#known) this.#say({ cannot: true, way: null })
  }

  #known = false

  async #codecs(): Promise<Codecs | null> {
    const { signal } = this.#ended
    try {
      const answer = await fetch(partOf(this.#view, 'about.json'), { signal })
      return answer.ok ? codecsIn(await answer.json()) : null
    } catch {
      return null
    } finally {
      this.#known = true
    }
  }

  async #take(way: Way): Promise<void> {
    this.#failed = false
    this.#hls?.destroy()
    this.#hls = null
    this.#offset = 0
    this.#say({ way, cannot: false })
    if (way === 'direct') this.#video.src = this.#view.media
    else if (way === 'copy') this.#copyFrom(0)
    else await this.#segments()
  }

  #copyFrom(seconds: number): void {
    this.#offset = seconds
    this.#video.src = partOf(this.#view, 'copy.mp4', `&from=${Math.round(seconds * 1000)}`)
  }

  async #segments(): Promise<void> {
    const { default: Player } = await import('hls.js/light')
    if (this.#ended.signal.aborted) return
    const hls = new Player({ enableWorker: false, maxBufferLength: 20, backBufferLength: 30 })
    this.#hls = hls
    hls.on(Player.Events.ERROR, (_, error) => {
      if (error.fatal) void this.#next()
    })
    hls.loadSource(partOf(this.#view, 'play.m3u8'))
    hls.attachMedia(this.#video)
  }

  #say(change: Partial<Shown>): void {
    this.#shown = { ...this.#shown, ...change }
    if (!this.#ended.signal.aborted) this.#tell(this.#shown)
  }
}

const can: Can = {
  file: type => document.createElement('video').canPlayType(type) !== '',
  pieces: type => 'MediaSource' in globalThis && MediaSource.isTypeSupported(type),
}

/** What the installation says of a file's codecs; it has read hostile bytes to know it, so nothing of it is taken for granted. */
function codecsIn(said: unknown): Codecs {
  const track = (name: 'video' | 'audio'): Readonly<Record<string, unknown>> => {
    const of = isRecord(said) ? said[name] : null
    return isRecord(of) ? of : {}
  }
  const text = (value: unknown) => (typeof value === 'string' ? value : null)
  const rate = track('video')['frameRateMilli']
  return {
    video: text(track('video')['codec']),
    audio: text(track('audio')['codec']),
    frameRate: typeof rate === 'number' && rate > 0 ? rate / 1000 : null,
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
