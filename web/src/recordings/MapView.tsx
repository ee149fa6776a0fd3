import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Empty } from '../../design/Page.tsx'
import { type Column, Table } from '../../design/Table.tsx'
import { Loading, TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { type Asked, filterOf } from './asked.ts'
import { MapBase, MapTiles } from './MapBase.tsx'
import { mapQuestion, type Place, placesQuestion, type Tiles, type Track } from './questions.ts'
import { type Cluster, clustered, type Point, positionAt, project, type Sight, sightOf, zoomed } from './projection.ts'
import { addressOf } from './RecordingGrid.tsx'
import type { Go } from './RecordingsPage.tsx'

/** In the drawing's own units; the browser makes it as wide as there is room. */
const [WIDTH, HEIGHT] = [960, 540]
const RATIO = HEIGHT / WIDTH
const CELL = 44
const IN_WORDS = 25

type Spot = Place & Point

/** Where recordings were made, and of one wearer or camera the way between them. Drawn here: no tile comes from anywhere. */
export function MapView({ asked, go }: { asked: Asked; go: Go }) {
  const t = useTranslations('recordings')
  const found = useQuery(placesQuestion(filterOf(asked)))
  if (found.isError) return <TroubleNotice error={found.error} retry={() => void found.refetch()} />
  if (found.data === undefined) return <Loading />
  const { places, tracks, more } = found.data
  if (places.length === 0) return <Empty title={t('map.none')}>{t('map.noneText')}</Empty>
  return (
    <div className="stack">
      {more && <Notice tone="info">{t('map.more', { count: places.length })}</Notice>}
      <Drawn places={places} tracks={tracks} who={asked.wearer ?? asked.camera} go={go} />
      <InWords places={places.slice(0, IN_WORDS)} tracks={tracks} />
    </div>
  )
}

function Drawn({
  places,
  tracks,
  who,
  go,
}: {
  places: readonly Place[]
  tracks: readonly Track[]
  who: string | undefined
  go: Go
}) {
  const t = useTranslations('recordings')
  const tiles = useQuery(mapQuestion).data?.tiles ?? null
  const spots = useMemo(() => places.map(place => ({ ...place, ...project(place) })), [places])
  const ways = useMemo(
    () => tracks.map(({ points, ...track }) => ({ ...track, points: points.map(project) })),
    [tracks],
  )
  const whole = useMemo(() => sightOf([...spots, ...ways.flatMap(way => way.points)], RATIO), [spots, ways])
  const [chosen, setChosen] = useState<Sight | null>(null)
  const sight = chosen ?? whole
  const scale = WIDTH / sight.width
  const onScreen = ({ x, y }: Point): Point => ({
    x: (x - sight.x) * scale + WIDTH / 2,
    y: (y - sight.y) * scale + HEIGHT / 2,
  })
  const clusters = clustered(
    spots.filter(spot => isInSight(onScreen(spot))),
    CELL / scale,
  )
  const shift = (right: number, down: number) =>
    setChosen({ ...sight, x: sight.x + (right * sight.width) / 5, y: sight.y + (down * sight.width) / 5 })
  return (
    <>
      <div className="row">
        <Button onPress={() => setChosen(zoomed(sight, 0.5))}>+ {t('map.in')}</Button>
        <Button onPress={() => setChosen(zoomed(sight, 2))}>− {t('map.out')}</Button>
        <Ways shift={shift} />
        <Button onPress={() => setChosen(null)}>{t('map.whole')}</Button>
        <Button onPress={() => go({ area: areaOf(sight), view: undefined })}>{t('map.here')}</Button>
      </div>
      <section className="map" aria-label={t('map.label', { count: places.length })}>
        <Scene {...{ tiles, sight, onScreen, ways }} between={who === undefined ? [] : spots} />
        {clusters.map(cluster => {
          const at = onScreen(cluster)
          return (
            <div
              key={`${cluster.x} ${cluster.y}`}
              className="spot"
              style={{ left: `${(at.x / WIDTH) * 100}%`, top: `${(at.y / HEIGHT) * 100}%` }}
            >
              <Spots cluster={cluster} closer={() => setChosen(zoomed(sight, 0.4, { x: cluster.x, y: cluster.y }))} />
            </div>
          )
        })}
      </section>
      <Legend who={who} ways={tracks.length} tiles={tiles} />
    </>
  )
}

function isInSight({ x, y }: Point): boolean {
  return x >= 0 && x <= WIDTH && y >= 0 && y <= HEIGHT
}

function Legend({ who, ways, tiles }: { who: string | undefined; ways: number; tiles: Tiles | null }) {
  const t = useTranslations('recordings')
  return (
    <p className="quiet small">
      {who === undefined ? '' : `${t('map.track', { who })}. `}
      {ways === 0 ? '' : `${t('map.ways', { count: ways })} `}
      {tiles === null ? t('map.base') : tiles.attribution}
    </p>
  )
}

function Scene({
  tiles,
  sight,
  onScreen,
  ways,
  between,
}: {
  tiles: Tiles | null
  sight: Sight
  onScreen: (point: Point) => Point
  ways: Parameters<typeof WaysOfCameras>[0]['ways']
  between: readonly Spot[]
}) {
  const map = { sight, width: WIDTH, height: HEIGHT, onScreen }
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      {tiles !== null && <MapTiles tiles={tiles} {...map} />}
      <MapBase {...map} />
      <WaysOfCameras ways={ways} onScreen={onScreen} />
      {between.length > 0 && <BetweenPlaces spots={between} onScreen={onScreen} />}
    </svg>
  )
}

function Ways({ shift }: { shift: (right: number, down: number) => void }) {
  const t = useTranslations('recordings')
  const ways = [
    ['west', '←', -1, 0],
    ['north', '↑', 0, -1],
    ['south', '↓', 0, 1],
    ['east', '→', 1, 0],
  ] as const
  return ways.map(([name, arrow, right, down]) => (
    <Button key={name} aria-label={t(`map.${name}`)} onPress={() => shift(right, down)}>
      {arrow}
    </Button>
  ))
}

/** One recording leads to its page, several that lie on each other are gone closer to. */
function Spots({ cluster: { items }, closer }: { cluster: Cluster<Spot>; closer: () => void }) {
  const t = useTranslations('recordings')
  const [only] = items
  if (items.length === 1 && only !== undefined) return <SpotLink spot={only} />
  return (
    <Button className="cluster" aria-label={t('map.cluster', { count: items.length })} onPress={closer}>
      {items.length}
    </Button>
  )
}

function SpotLink({ spot }: { spot: Spot }) {
  const format = useFormatter()
  const words = [format.dateTime(new Date(spot.at), 'moment'), spot.camera, spot.wearer].filter(each => each !== null)
  return (
    <Link
      to={addressOf({ id: spot.recording })}
      className="spot-one"
      aria-label={words.join(', ')}
      title={words.join(', ')}
    />
  )
}

/** Longer than this nobody was on one way. */
const APART_MS = 6 * 3_600_000

/** The way from one recording to the next, in the order of time; a line for each shift. */
function BetweenPlaces({ spots, onScreen }: { spots: readonly Spot[]; onScreen: (point: Point) => Point }) {
  const sorted = spots.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
  const ways: Spot[][] = []
  for (const spot of sorted) {
    const last = ways.at(-1)?.at(-1)
    if (last !== undefined && Date.parse(spot.at) - Date.parse(last.at) < APART_MS) ways.at(-1)?.push(spot)
    else ways.push([spot])
  }
  return ways.map(way => {
    const points = way.map(onScreen).map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`)
    return <polyline key={way[0]?.recording} className="track" points={points.join(' ')} />
  })
}

/** As the files say it themselves. */
function WaysOfCameras({
  ways,
  onScreen,
}: {
  ways: readonly { recording: string; points: readonly Point[] }[]
  onScreen: (point: Point) => Point
}) {
  return ways.map(({ recording, points }) => {
    const drawn = points.map(onScreen).map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`)
    return <polyline key={recording} className="way" points={drawn.join(' ')} />
  })
}

function areaOf(sight: Sight): string {
  const half = { x: sight.width / 2, y: (sight.width * RATIO) / 2 }
  const northWest = positionAt({ x: sight.x - half.x, y: sight.y - half.y })
  const southEast = positionAt({ x: sight.x + half.x, y: sight.y + half.y })
  const degrees = [southEast.latitude, northWest.longitude, northWest.latitude, southEast.longitude]
  return degrees.map(each => each.toFixed(6)).join(',')
}

function InWords({ places, tracks }: { places: readonly Place[]; tracks: readonly Track[] }) {
  const t = useTranslations('recordings')
  const format = useFormatter()
  const degrees = (value: number) => format.number(value, { minimumFractionDigits: 5, maximumFractionDigits: 5 })
  const lengths = new Map(tracks.map(({ recording, metres }) => [recording, metres]))
  const wayOf = ({ recording }: Place) => {
    const metres = lengths.get(recording)
    if (metres === undefined) return '–'
    return format.number(metres / 1000, { style: 'unit', unit: 'kilometer', maximumFractionDigits: 2 })
  }
  const columns: Column<Place>[] = [
    {
      id: 'at',
      name: t('column.recorded'),
      cell: place => (
        <Link to={addressOf({ id: place.recording })}>
          <When at={place.at} />
        </Link>
      ),
    },
    { id: 'camera', name: t('column.camera'), cell: place => place.camera ?? t('row.unknown') },
    { id: 'wearer', name: t('column.wearer'), cell: place => place.wearer ?? t('row.unknown') },
    { id: 'latitude', name: t('map.latitude'), numeric: true, cell: place => degrees(place.latitude) },
    { id: 'longitude', name: t('map.longitude'), numeric: true, cell: place => degrees(place.longitude) },
    ...(tracks.length === 0 ? [] : [{ id: 'way', name: t('map.way'), numeric: true, cell: wayOf }]),
  ]
  return (
    <Table
      caption={t('map.table')}
      hideCaption={false}
      columns={columns}
      rows={places}
      keyOf={place => place.recording}
    />
  )
}
