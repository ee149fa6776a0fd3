import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Notice } from '../../design/Notice.tsx'
import { perform, setSpeed, toggleFull } from './acts.ts'
import { Controls } from './Controls.tsx'
import { KeyHelp } from './KeyHelp.tsx'
import { type Command, commandOf, holderOf } from './keys.ts'
import type { LaneMark, Selected } from './lane.ts'
import type { Shown } from './projector.ts'
import type { Playing } from './questions.ts'
import { SelectedPart } from './SelectedPart.tsx'
import { Timeline } from './Timeline.tsx'
import { useProjector } from './use-projector.ts'
import type { OpenView } from './view.ts'
import { Watermark } from './Watermark.tsx'
import './player.css'

/** What others on the page may do with the picture. */
export type Hand = { nowMs: () => number; seekMs: (ms: number) => void }

type PlayerProps = {
  view: OpenView
  /** Whose screen it is, to stand on the picture. */
  who: string
  playing: Playing
  marks: readonly LaneMark[]
  selected: Selected
  onSelect: (selected: Selected) => void
  onHand: (hand: Hand | null) => void
  /** Nothing could be shown. */
  onCannot?: () => void
  /** Whether it has just been opened by whoever is at the page: then its keys work at once. */
  takesFocus?: boolean
  /** Where other words are needed than those of the agency's own page. */
  words?: { readonly picture: string; readonly cannot: string }
}

/** The picture under an open view, with everything that can be done with it; by mouse, finger and keys alike. */
export function Player(props: PlayerProps) {
  const { view, who, playing, marks, selected, onSelect, onHand, onCannot, takesFocus = false, words } = props
  const t = useTranslations('recording')
  const video = useRef<HTMLVideoElement>(null)
  const stage = useRef<HTMLDivElement>(null)
  const { projector, seek, step, shown, screen } = useProjector(video, view, playing)
  const [help, setHelp] = useState(false)
  useHand(projector, view, onHand)
  useCannot(shown, onCannot)
  const act = (command: Command) => {
    if (video.current === null) return
    perform(command, video.current, {
      now: projector.current?.now ?? 0,
      duration: screen.duration,
      seek,
      frame: step,
      select: change => onSelect({ ...selected, ...change }),
      full: () => void toggleFull(stage.current),
      help: () => setHelp(open => !open),
    })
  }
  return (
    // Keys of everything in it; each of them has its button too.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <fieldset className="player" aria-label={t('player.name')} onKeyDown={event => onKey(event, act)}>
      <Stage
        {...{ video, stage, shown, playing, who, takesFocus }}
        picture={words?.picture ?? t('player.picture')}
        purpose={view.purpose}
        onPress={() => act('toggle')}
      />
      <HowShown shown={shown} cannot={words?.cannot ?? t('player.cannot')} />
      <Timeline {...{ view, playing, marks, selected, screen }} onSeek={seek} />
      <SelectedPart selected={selected} screen={screen} video={video} seek={seek} onSelect={onSelect} />
      <Controls screen={screen} isOff={shown.cannot} act={act} onSpeed={speed => setSpeed(video.current, speed)} />
      <KeyHelp isOpen={help} onClose={() => setHelp(false)} />
    </fieldset>
  )
}

function onKey(event: KeyboardEvent, act: (command: Command) => void): void {
  if (!(event.target instanceof Element)) return
  const command = commandOf(event.nativeEvent, holderOf(event.target))
  if (command === null) return
  event.preventDefault()
  act(command)
}

/** Gives the page a hand on the picture, as long as there is one. */
function useHand(
  projector: ReturnType<typeof useProjector>['projector'],
  { view }: OpenView,
  onHand: (hand: Hand | null) => void,
): void {
  useEffect(() => {
    onHand({
      nowMs: () => Math.round((projector.current?.now ?? 0) * 1000),
      seekMs: ms => projector.current?.seek(ms / 1000),
    })
    return () => onHand(null)
    // The projector lives as long as the view.
  }, [view, onHand, projector])
}

function useCannot({ cannot }: Shown, onCannot: (() => void) | undefined): void {
  useEffect(() => {
    if (cannot) onCannot?.()
    // Told once.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [cannot])
}

function Stage({
  video,
  stage,
  shown,
  playing,
  who,
  takesFocus,
  picture,
  purpose,
  onPress,
}: {
  video: RefObject<HTMLVideoElement | null>
  stage: RefObject<HTMLDivElement | null>
  shown: Shown
  playing: Playing
  who: string
  takesFocus: boolean
  picture: string
  purpose: string
  onPress: () => void
}) {
  const t = useTranslations('recording')
  useEffect(() => {
    // What was pressed to come here is gone, and the focus would fall to the top of the page.
    if (takesFocus) stage.current?.focus({ preventScroll: true })
  }, [takesFocus, stage])
  return (
    <div className="stage" ref={stage} tabIndex={-1} onContextMenu={event => event.preventDefault()}>
      {/* Nobody has written down what is said in footage when it comes from a camera. */}
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption */}
      <video ref={video} playsInline disablePictureInPicture preload="auto" aria-label={picture} onClick={onPress} />
      <Watermark who={who} purpose={purpose} />
      {shown.way === 'copy' && <span className="copy-mark">{t('player.copyMark')}</span>}
      {playing.kind === 'audio' && <span className="sound-mark">{t('player.soundOnly')}</span>}
    </div>
  )
}

/** Said where it is not the file itself that one sees, or where nothing is to be seen. */
function HowShown({ shown, cannot }: { shown: Shown; cannot: string }) {
  const t = useTranslations('recording')
  if (shown.cannot)
    return (
      <Notice tone="stop" live title={t('player.cannotTitle')}>
        <p>{cannot}</p>
      </Notice>
    )
  if (shown.way !== 'copy') return null
  return (
    <Notice tone="info" title={t('player.copyTitle')}>
      <p>{t('player.copy')}</p>
    </Notice>
  )
}
