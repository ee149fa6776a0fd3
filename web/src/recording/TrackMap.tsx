import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import { Facts } from '../../design/Page.tsx'
import { When } from '../../design/When.tsx'
import { MapBase, MapTiles } from '../recordings/MapBase.tsx'
import { type Point, type Position, project, sightOf } from '../recordings/projection.ts'
import { mapQuestion } from '../recordings/questions.ts'
import type { Account } from './questions.ts'

const [WIDTH, HEIGHT] = [960, 420]
const END = 7

type Track = NonNullable<Account['track']>

/** Where the camera went, as its file says: drawn on our own map, and told in words. */
export function TrackMap({ track }: { track: Track }) {
  const t = useTranslations('recording')
  const format = useFormatter()
  const [first, last] = [track.points.at(0), track.points.at(-1)]
  if (first === undefined || last === undefined) return null
  const kilometres = format.number(track.metres / 1000, {
    style: 'unit',
    unit: 'kilometer',
    maximumFractionDigits: 2,
  })
  return (
    <section className="stack" aria-label={t('track.title')}>
      <h3>{t('track.title')}</h3>
      <div className="map">
        <Drawn points={track.points} label={t('track.label', { length: kilometres })} />
      </div>
      <p className="quiet small">{t('track.legend')}</p>
      <Facts
        facts={[
          { name: t('track.from'), value: <End at={track.from} place={first} /> },
          { name: t('track.until'), value: <End at={track.until} place={last} /> },
          { name: t('track.length'), value: kilometres },
          { name: t('track.points'), value: format.number(track.points.length) },
          { name: t('track.source'), value: t('track.sourceWords', { source: track.source, parser: track.parser }) },
        ]}
      />
    </section>
  )
}

function Drawn({ points, label }: { points: Track['points']; label: string }) {
  const tiles = useQuery(mapQuestion).data?.tiles ?? null
  const way = useMemo(() => points.map(project), [points])
  const sight = useMemo(() => sightOf(way, HEIGHT / WIDTH), [way])
  const scale = WIDTH / sight.width
  const onScreen = ({ x, y }: Point): Point => ({
    x: (x - sight.x) * scale + WIDTH / 2,
    y: (y - sight.y) * scale + HEIGHT / 2,
  })
  const drawn = way.map(onScreen)
  const [begin, end] = [drawn[0], drawn.at(-1)]
  const map = { sight, width: WIDTH, height: HEIGHT, onScreen }
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- it is drawn here, and no file
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {tiles !== null && <MapTiles tiles={tiles} {...map} />}
      <MapBase {...map} />
      <polyline className="way" points={drawn.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')} />
      {begin !== undefined && <circle className="way-end" cx={begin.x} cy={begin.y} r={END} />}
      {end !== undefined && (
        <rect className="way-end" x={end.x - END} y={end.y - END} width={END * 2} height={END * 2} />
      )}
    </svg>
  )
}

function End({ at, place }: { at: string | null; place: Position }) {
  const t = useTranslations('recording')
  const format = useFormatter()
  const degrees = (value: number) => format.number(value, { minimumFractionDigits: 5, maximumFractionDigits: 5 })
  const where = t('track.place', { latitude: degrees(place.latitude), longitude: degrees(place.longitude) })
  return (
    <>
      {at === null ? t('track.noClock') : <When at={at} as="exact" />}
      <span className="quiet small block">{where}</span>
    </>
  )
}
