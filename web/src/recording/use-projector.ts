import { type RefObject, useEffect, useRef, useState } from 'react'
import { Projector, type Shown } from './projector.ts'
import type { Playing } from './questions.ts'
import { frameAway } from './time.ts'
import type { OpenView } from './view.ts'

/** What the controls show of the picture. */
export type Screen = {
  readonly seconds: number
  readonly duration: number
  readonly isPlaying: boolean
  readonly isWaiting: boolean
  readonly speed: number
  readonly isMuted: boolean
}

const DARK: Screen = { seconds: 0, duration: 0, isPlaying: false, isWaiting: true, speed: 1, isMuted: false }

const TOLD = [
  'timeupdate',
  'seeking',
  'seeked',
  'play',
  'pause',
  'playing',
  'waiting',
  'ratechange',
  'volumechange',
  'durationchange',
  'loadeddata',
  'ended',
] as const

/** Shows a view on a video element, and says what is to be seen there. */
export function useProjector(element: RefObject<HTMLVideoElement | null>, view: OpenView, playing: Playing) {
  const projector = useRef<Projector | null>(null)
  // The time of the picture that is on the screen.
  const picture = useRef(0)
  const [shown, setShown] = useState<Shown>({ way: null, cannot: false, frameSeconds: 1 / 25 })
  const [screen, setScreen] = useState(DARK)
  useEffect(() => {
    const video = element.current
    if (video === null) return
    const made = new Projector(video, view, playing, setShown)
    projector.current = made
    const ended = new AbortController()
    const look = () => setScreen(screenOf(video, made))
    for (const event of TOLD) video.addEventListener(event, look, { signal: ended.signal })
    followPicture(video, ended.signal, at => (picture.current = made.now - video.currentTime + at))
    void made.start()
    return () => {
      ended.abort()
      made.end()
    }
    // The file does not change under a view.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [view.view])
  const seek = (seconds: number) => {
    picture.current = seconds
    projector.current?.seek(seconds)
  }
  /** So many pictures on or back. Who presses faster than pictures come is not kept waiting: the next step counts from where this one goes. */
  const step = (frames: number) => {
    const to = frameAway(picture.current, frames, shown.frameSeconds)
    picture.current = Math.max(0, picture.current + frames * shown.frameSeconds)
    projector.current?.seek(to)
  }
  return { projector, seek, step, shown, screen }
}

function screenOf(video: HTMLVideoElement, projector: Projector): Screen {
  return {
    seconds: projector.now,
    duration: projector.duration,
    isPlaying: !video.paused && !video.ended,
    isWaiting: video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA,
    speed: video.playbackRate,
    isMuted: video.muted,
  }
}

/** Tells the time of each picture as it comes onto the screen; the element's own clock runs between pictures. */
function followPicture(video: HTMLVideoElement, signal: AbortSignal, tell: (at: number) => void): void {
  const follow = () =>
    video.requestVideoFrameCallback((_, { mediaTime }) => {
      if (signal.aborted) return
      tell(mediaTime)
      follow()
    })
  follow()
}
