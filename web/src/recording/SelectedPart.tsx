import { type RefObject, useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { partOf, type Selected } from './lane.ts'
import { placeWords } from './time.ts'
import type { Screen } from './use-projector.ts'

/** What was marked with I and O: from where to where, how long, and played by itself. */
export function SelectedPart({
  selected,
  screen,
  video,
  seek,
  onSelect,
}: {
  selected: Selected
  screen: Screen
  video: RefObject<HTMLVideoElement | null>
  seek: (seconds: number) => void
  onSelect: (selected: Selected) => void
}) {
  const t = useTranslations('recording')
  const [until, playUntil] = useState<number | null>(null)
  const part = partOf(selected)
  useEffect(() => {
    if (until !== null && screen.isPlaying && screen.seconds * 1000 >= until) video.current?.pause()
  }, [until, screen, video])
  if (part === null) return null
  const { fromMs, untilMs } = part
  const play = () => {
    playUntil(untilMs)
    seek(fromMs / 1000)
    void video.current?.play().catch(() => undefined)
  }
  return (
    <div className="row">
      <span className="numbers">
        {t('player.part', {
          from: placeWords(fromMs / 1000),
          until: placeWords(untilMs / 1000),
          length: placeWords((untilMs - fromMs) / 1000),
        })}
      </span>
      <Button onPress={play}>{t('player.playPart')}</Button>
      <Button weight="quiet" onPress={() => onSelect({ inMs: null, outMs: null })}>
        {t('player.forget')}
      </Button>
    </div>
  )
}
