import { type CSSProperties, type MouseEvent, useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { LaneMark, Selected } from './lane.ts'
import type { Playing } from './questions.ts'
import { placeWords } from './time.ts'
import type { Screen } from './use-projector.ts'
import { type OpenView, partOf } from './view.ts'

/** The time of the recording: small pictures along it, what was marked, and the one slider that moves in it. */
export function Timeline({
  view,
  playing,
  marks,
  selected,
  screen,
  onSeek,
}: {
  view: OpenView
  playing: Playing
  marks: readonly LaneMark[]
  selected: Selected
  screen: Screen
  onSeek: (seconds: number) => void
}) {
  const { duration } = screen
  const at = (event: MouseEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    if (width > 0) onSeek(((event.clientX - left) / width) * duration)
  }
  return (
    <div className="timeline">
      <Strip view={view} playing={playing} onPick={at} />
      <Position screen={screen} onSeek={onSeek} />
      <Lane {...{ marks, selected, duration, onSeek }} />
    </div>
  )
}

/** The one slider. It stands where it was put until the picture is there: else letting go of it would put it back. */
function Position({ screen, onSeek }: { screen: Screen; onSeek: (seconds: number) => void }) {
  const t = useTranslations('recording')
  const { seconds, duration } = screen
  const [wanted, want] = useState<{ to: number; from: number } | null>(null)
  const shown = wanted !== null && wanted.from === seconds ? wanted.to : seconds
  const end = Math.max(duration, 0.001)
  return (
    <input
      type="range"
      className="position"
      min={0}
      max={end}
      step={0.01}
      value={Math.min(shown, end)}
      aria-label={t('player.position')}
      aria-valuetext={`${placeWords(shown)} / ${placeWords(duration)}`}
      onChange={event => {
        const to = Number(event.target.value)
        want({ to, from: seconds })
        onSeek(to)
      }}
    />
  )
}

/** The slider does the same for who cannot point; the pictures are told nowhere else. */
function Strip({
  view,
  playing,
  onPick,
}: {
  view: OpenView
  playing: Playing
  onPick: (event: MouseEvent<HTMLElement>) => void
}) {
  const { strip, durationMs } = playing
  const source = useSheet(strip === null ? null : partOf(view, 'strip.jpg'))
  if (strip === null || durationMs === null || source === null) return null
  const tiles = Math.min(strip.columns * strip.rows, Math.ceil(durationMs / strip.everyMs))
  return (
    <div className="strip" aria-hidden="true" onClick={onPick}>
      {Array.from({ length: tiles }, (_, tile) => (
        <span key={tile} className="tile" style={partOfSheet(source, tile, strip)} />
      ))}
    </div>
  )
}

/** One sheet with all the pictures, fetched once and held in memory only; null until it is there, and where there is none. */
function useSheet(address: string | null): string | null {
  const [sheet, setSheet] = useState<string | null>(null)
  useEffect(() => {
    if (address === null) return
    const ended = new AbortController()
    let made: string | null = null
    void fetchPicture(address, ended.signal).then(picture => {
      if (picture === null || ended.signal.aborted) return
      made = URL.createObjectURL(picture)
      setSheet(made)
    })
    return () => {
      ended.abort()
      if (made !== null) URL.revokeObjectURL(made)
    }
  }, [address])
  return sheet
}

async function fetchPicture(address: string, signal: AbortSignal): Promise<Blob | null> {
  try {
    const answer = await fetch(address, { signal })
    return answer.ok ? await answer.blob() : null
  } catch {
    return null
  }
}

function partOfSheet(
  source: string,
  tile: number,
  { columns, rows }: { columns: number; rows: number },
): CSSProperties {
  const along = (place: number, count: number) => (count <= 1 ? 0 : (place / (count - 1)) * 100)
  return {
    backgroundImage: `url("${source}")`,
    backgroundSize: `${columns * 100}% ${rows * 100}%`,
    backgroundPosition: `${along(tile % columns, columns)}% ${along(Math.floor(tile / columns), rows)}%`,
  }
}

/** What was marked. A mark is a button that goes there; its words are its name. */
function Lane({
  marks,
  selected,
  duration,
  onSeek,
}: {
  marks: readonly LaneMark[]
  selected: Selected
  duration: number
  onSeek: (seconds: number) => void
}) {
  const t = useTranslations('recording')
  const { inMs, outMs } = selected
  if (marks.length === 0 && inMs === null && outMs === null) return null
  const share = (ms: number) => `${Math.min(100, Math.max(0, (ms / 1000 / Math.max(duration, 0.001)) * 100))}%`
  const span = (from: number, until: number): CSSProperties => ({
    insetInlineStart: share(from),
    inlineSize: `max(2px, calc(${share(until)} - ${share(from)}))`,
  })
  return (
    <fieldset className="lane" aria-label={t('player.lane')}>
      {inMs !== null && <span className="selected" style={span(inMs, Math.max(inMs, outMs ?? inMs))} />}
      {inMs === null && outMs !== null && <span className="selected" style={span(outMs, outMs)} />}
      {marks.map(({ id, fromMs, untilMs, words, colour, shape }) => (
        <button
          key={id}
          type="button"
          className="mark"
          style={{ insetInlineStart: share(fromMs), color: colour }}
          aria-label={
            untilMs === null
              ? t('player.markAt', { words, from: placeWords(fromMs / 1000) })
              : t('player.markSpan', { words, from: placeWords(fromMs / 1000), until: placeWords(untilMs / 1000) })
          }
          onClick={() => onSeek(fromMs / 1000)}
        >
          {shape}
        </button>
      ))}
    </fieldset>
  )
}
