import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Notice } from '../../design/Notice.tsx'
import { Controls } from './Controls.tsx'
import { KeyHelp } from './KeyHelp.tsx'
import { type Command, commandOf, faster, holderOf } from './keys.ts'
import type { LaneMark, Selected } from './player-door.ts'
import type { Playing } from './questions.ts'
import { frameAway } from './time.ts'
import { Timeline } from './Timeline.tsx'
import { useProjector } from './use-projector.ts'
import type { OpenView } from './view.ts'
import { Watermark } from './Watermark.tsx'
import './player.css'

/** What others on the page may do with the picture. */
export type Hand = { nowMs: () => number; seekMs: (ms: number) => void }

const JUMP_SECONDS = 5

/** The picture under an open view, with everything that can be done with it; by mouse, finger and keys alike. */
export function Player(props: {
  view: OpenView
  playing: Playing
  marks: readonly LaneMark[]
  selected: Selected
  onSelect: (selected: Selected) => void
  onHand: (hand: Hand | null) => void
}) {
  const { view, playing, marks, selected, onSelect, onHand } = props
  const t = useTranslations('recording')
  const video = useRef<HTMLVideoElement>(null)
  const stage = useRef<HTMLDivElement>(null)
  const { projector, picture, shown, screen } = useProjector(video, view, playing)
  const [help, setHelp] = useState(false)
  const seek = (seconds: number) => projector.current?.seek(seconds)
  useEffect(() => {
    onHand({
      nowMs: () => Math.round((projector.current?.now ?? 0) * 1000),
      seekMs: ms => projector.current?.seek(ms / 1000),
    })
    return () => onHand(null)
    // The projector lives as long as the view.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [view.view])
  const act = (command: Command) => {
    const element = video.current
    const now = projector.current?.now ?? 0
    if (element === null) return
    perform(command, element, {
      now,
      seek,
      frame: frames => seek(frameAway(picture.current, frames, shown.frameSeconds)),
      duration: screen.duration,
      select: change => onSelect({ ...selected, ...change }),
      full: () => void toggleFull(stage.current),
      help: () => setHelp(open => !open),
    })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.target instanceof Element)) return
    const command = commandOf(event.nativeEvent, holderOf(event.target))
    if (command === null) return
    event.preventDefault()
    act(command)
  }
  return (
    <div className="player" role="group" aria-label={t('player.name')} onKeyDown={onKeyDown}>
      <div className="stage" ref={stage} onContextMenu={event => event.preventDefault()}>
        <video
          ref={video}
          playsInline
          disablePictureInPicture
          preload="auto"
          aria-label={t('player.picture')}
          onClick={() => act('toggle')}
        />
        <Watermark purpose={view.purpose} />
        {shown.way === 'copy' && <span className="copy-mark">{t('player.copyMark')}</span>}
        {playing.kind === 'audio' && <span className="sound-mark">{t('player.soundOnly')}</span>}
      </div>
      {shown.cannot && (
        <Notice tone="stop" live title={t('player.cannotTitle')}>
          <p>{t('player.cannot')}</p>
        </Notice>
      )}
      {shown.way === 'copy' && (
        <Notice tone="info" title={t('player.copyTitle')}>
          <p>{t('player.copy')}</p>
        </Notice>
      )}
      <Timeline {...{ view, playing, marks, selected, screen }} onSeek={seek} />
      <Controls screen={screen} isOff={shown.cannot} act={act} onSpeed={speed => setSpeed(video.current, speed)} />
      <KeyHelp isOpen={help} onClose={() => setHelp(false)} />
    </div>
  )
}

type Means = {
  now: number
  duration: number
  seek: (seconds: number) => void
  frame: (frames: number) => void
  select: (change: Partial<Selected>) => void
  full: () => void
  help: () => void
}

function perform(command: Command, video: HTMLVideoElement, means: Means): void {
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

function setSpeed(video: HTMLVideoElement | null, speed: number): void {
  if (video !== null) video.playbackRate = speed
}

/** The whole stage, not the video alone: the watermark goes along. */
async function toggleFull(stage: HTMLElement | null): Promise<void> {
  if (document.fullscreenElement !== null) return document.exitFullscreen()
  await stage?.requestFullscreen()
}
