import { useFormatter } from 'use-intl'
import { lines, type Point, project, scaleOf, type Sight, tilesIn } from './projection.ts'
import type { Tiles } from './questions.ts'
import './map.css'

const EDGE = 8

/** The operator's own pictures of a map, from this installation; where one is missing nothing is drawn. */
export function MapTiles({
  tiles,
  sight,
  width,
  height,
  onScreen,
}: {
  tiles: Tiles
  sight: Sight
  width: number
  height: number
  onScreen: (point: Point) => Point
}) {
  return tilesIn(sight, { width, height, from: tiles.from, to: tiles.to }).map(({ z, x, y }) => {
    const across = 2 ** z
    const [at, next] = [
      onScreen({ x: x / across, y: y / across }),
      onScreen({ x: (x + 1) / across, y: (y + 1) / across }),
    ]
    const href = tiles.path.replace('{z}', `${z}`).replace('{x}', `${x}`).replace('{y}', `${y}`)
    return <image key={href} href={href} x={at.x} y={at.y} width={next.x - at.x} height={next.y - at.y} />
  })
}

/** What lies under the places: lines of latitude and longitude with their degrees, and a scale. */
export function MapBase({
  sight,
  width,
  height,
  onScreen,
}: {
  sight: Sight
  width: number
  height: number
  onScreen: (point: Point) => Point
}) {
  const format = useFormatter()
  const { step, longitudes, latitudes } = lines(sight)
  const digits = Math.max(0, Math.ceil(-Math.log10(step)))
  const degrees = (value: number) => `${format.number(value, { maximumFractionDigits: digits })}°`
  const { metres, part } = scaleOf(sight)
  const long = part * width
  return (
    <g className="map-base">
      {longitudes.map(longitude => {
        const { x } = onScreen(project({ latitude: 0, longitude }))
        return (
          <g key={longitude}>
            <line x1={x} x2={x} y1={0} y2={height} />
            <text x={x + 4} y={height - EDGE}>
              {degrees(longitude)}
            </text>
          </g>
        )
      })}
      {latitudes.map(latitude => {
        const { y } = onScreen(project({ latitude, longitude: 0 }))
        return (
          <g key={latitude}>
            <line x1={0} x2={width} y1={y} y2={y} />
            <text x={EDGE} y={y - 4}>
              {degrees(latitude)}
            </text>
          </g>
        )
      })}
      <g className="map-scale">
        <path d={`M ${width - long - 16} 20 v 8 h ${long} v -8`} />
        <text x={width - 16} y={16} textAnchor="end">
          {metres >= 1000
            ? format.number(metres / 1000, { style: 'unit', unit: 'kilometer' })
            : format.number(metres, { style: 'unit', unit: 'meter', maximumFractionDigits: 1 })}
        </text>
      </g>
    </g>
  )
}
