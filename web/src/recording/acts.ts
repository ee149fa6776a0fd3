import { type Command, faster } from './keys.ts'
import type { Selected } from './lane.ts'

/** What a command can reach beside the element that plays. */
export type Means = {
  readonly now: number
  readonly duration: number
  readonly seek: (seconds: number) => void
  readonly frame: (frames: number) => void
  readonly select: (change: Partial<Selected>) => void
  readonly full: () => void
  readonly help: () => void
}

const JUMP_SECONDS = 5

/** Does what a key or a button says. */
export function perform(command: Command, video: HTMLVideoElement, means: Means): void {
  const { now, seek, frame, select } = means
  const ms = Math.round(now * 1000)
  const acts: Readonly<Record<Command, () => void>> = {
    toggle: () => (video.paused ? play(video) : video.pause()),
    pause: () => video.pause(),
    // Faster with each press, as editors have it; the first one only begins.
    forward: () => (video.paused ? play(video) : setSpeed(video, faster(video.playbackRate))),
    back: () => {
      setSpeed(video, 1)
      seek(now - JUMP_SECONDS)
    },
    'frame-back': () => still(video, () => frame(-1)),
    'frame-on': () => still(video, () => frame(1)),
    'jump-back': () => seek(now - JUMP_SECONDS),
    'jump-on': () => seek(now + JUMP_SECONDS),
    begin: () => seek(0),
    end: () => seek(means.duration),
    'mark-in': () => select({ inMs: ms }),
    'mark-out': () => select({ outMs: ms }),
    sound: () => void (video.muted = !video.muted),
    full: means.full,
    help: means.help,
  }
  acts[command]()
}

function play(video: HTMLVideoElement): void {
  // Refused where the browser wants a press first; the button is still there.
  void video.play().catch(() => undefined)
}

function still(video: HTMLVideoElement, then: () => void): void {
  video.pause()
  then()
}

export function setSpeed(video: HTMLVideoElement | null, speed: number): void {
  if (video !== null) video.playbackRate = speed
}

/** The whole stage, not the video alone: the watermark goes along. */
export async function toggleFull(stage: HTMLElement | null): Promise<void> {
  if (document.fullscreenElement !== null) return document.exitFullscreen()
  await stage?.requestFullscreen()
}
