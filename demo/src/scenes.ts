import { type Picture, clock, colour, disc, fill, HEIGHT, WIDTH } from './drawing.ts'

/** Something that crosses the picture; `speed` in pixels a second, backwards where negative. */
type Mover = { is: 'car' | 'walker' | 'cycle'; ink: string; y: number; speed: number; from: number }

export type Scene = {
  readonly name: string
  readonly sky: string
  readonly ground: string
  readonly horizon: number
  /** Blocks that stand: left edge, width, height, colour. */
  readonly blocks: readonly (readonly [number, number, number, string])[]
  readonly movers: readonly Mover[]
  /** How much the picture sways, in pixels: what is worn sways, what is fixed does not. */
  readonly sway: number
}

const walker = (ink: string, y: number, speed: number, from: number): Mover => ({ is: 'walker', ink, y, speed, from })
const car = (ink: string, y: number, speed: number, from: number): Mover => ({ is: 'car', ink, y, speed, from })
const cycle = (ink: string, y: number, speed: number, from: number): Mover => ({ is: 'cycle', ink, y, speed, from })

/** What the clips show. Fixed cameras do not sway. */
export const scenes: readonly Scene[] = [
  {
    name: 'street-by-day',
    sky: '#9cc3dd',
    ground: '#7d8489',
    horizon: 96,
    blocks: [
      [0, 70, 64, '#b0563f'],
      [74, 60, 78, '#d9c8a5'],
      [140, 84, 58, '#6d7f8c'],
      [232, 88, 72, '#a9743f'],
    ],
    movers: [car('#2b5d9b', 128, 62, -40), walker('#2f2f3a', 112, 14, 60), walker('#7b2f3f', 116, -11, 250)],
    sway: 3,
  },
  {
    name: 'street-by-night',
    sky: '#0d1626',
    ground: '#2a2f36',
    horizon: 92,
    blocks: [
      [0, 90, 60, '#1d2a3d'],
      [96, 70, 74, '#22314a'],
      [172, 60, 52, '#1a2536'],
      [238, 82, 80, '#26354b'],
    ],
    movers: [car('#c9a227', 126, -74, 330), car('#8a94a0', 144, 52, -60), walker('#566070', 110, 9, 130)],
    sway: 4,
  },
  {
    name: 'motorway',
    sky: '#b7cfe0',
    ground: '#5f666c',
    horizon: 80,
    blocks: [
      [0, 320, 10, '#4d7048'],
      [200, 40, 26, '#7b8d93'],
    ],
    movers: [cycle('#1c1c22', 150, 88, -30), car('#a33a32', 118, 110, -90), car('#e7e7e2', 104, -96, 350)],
    sway: 5,
  },
  {
    name: 'harbour',
    sky: '#c9d6dc',
    ground: '#3f6377',
    horizon: 100,
    blocks: [
      [20, 26, 70, '#d08a2f'],
      [60, 90, 22, '#8d3a2e'],
      [190, 110, 30, '#5a6b74'],
      [250, 14, 84, '#d08a2f'],
    ],
    movers: [car('#e5e1d6', 112, 8, 90), walker('#1e2a38', 140, -13, 260)],
    sway: 2,
  },
  {
    name: 'match-day',
    sky: '#8fb4d6',
    ground: '#4f8a46',
    horizon: 70,
    blocks: [
      [0, 320, 44, '#9aa3ab'],
      [0, 320, 12, '#c23b3b'],
    ],
    movers: [0, 1, 2, 3, 4, 5, 6].map(one =>
      walker(one % 2 === 0 ? '#c23b3b' : '#2b4d9b', 100 + 9 * one, one % 2 === 0 ? 17 : -15, 40 * one),
    ),
    sway: 4,
  },
  {
    name: 'platform',
    sky: '#5e6b74',
    ground: '#8d8a83',
    horizon: 84,
    blocks: [
      [0, 320, 54, '#44505a'],
      [30, 12, 84, '#d7d2c4'],
      [150, 12, 84, '#d7d2c4'],
      [270, 12, 84, '#d7d2c4'],
    ],
    movers: [car('#b9c4cc', 92, 120, -160), walker('#233142', 120, 10, 40), walker('#5d3a4a', 130, -8, 200)],
    sway: 3,
  },
  {
    name: 'town-square',
    sky: '#aacbe0',
    ground: '#b8a98a',
    horizon: 88,
    blocks: [
      [0, 64, 52, '#c9794b'],
      [68, 54, 60, '#e4d6b8'],
      [126, 62, 86, '#8f5b4a'],
      [194, 126, 50, '#d8b878'],
    ],
    movers: [walker('#304a3a', 112, 12, 20), walker('#6b3344', 124, -10, 300), cycle('#1f2d4d', 140, 38, -20)],
    sway: 3,
  },
  {
    name: 'market',
    sky: '#d7dde0',
    ground: '#9b958a',
    horizon: 94,
    blocks: [
      [10, 70, 30, '#c23b3b'],
      [94, 70, 30, '#e8e4da'],
      [178, 70, 30, '#2f7d5b'],
      [256, 60, 30, '#d9a62e'],
    ],
    movers: [walker('#33405a', 116, 9, 10), walker('#5a4433', 122, -7, 240), walker('#733', 132, 6, 150)],
    sway: 3,
  },
  {
    name: 'park',
    sky: '#bcd9e8',
    ground: '#5b8f54',
    horizon: 98,
    blocks: [
      [30, 10, 50, '#6a4a32'],
      [14, 42, 58, '#3f7044'],
      [210, 10, 46, '#6a4a32'],
      [192, 46, 60, '#47794a'],
    ],
    movers: [cycle('#8a2f2f', 138, 46, -30), walker('#2f3a52', 120, -12, 290)],
    sway: 4,
  },
  {
    name: 'stairwell',
    sky: '#cfc9bd',
    ground: '#7f7668',
    horizon: 120,
    blocks: [
      [40, 60, 96, '#8b6b4a'],
      [220, 60, 96, '#8b6b4a'],
      [130, 60, 70, '#a8a093'],
    ],
    movers: [walker('#2a3340', 134, 7, 60)],
    sway: 4,
  },
  {
    name: 'school-corridor',
    sky: '#e4dfd2',
    ground: '#a9b3b5',
    horizon: 104,
    blocks: [
      [20, 40, 84, '#4f7f8d'],
      [80, 40, 84, '#4f7f8d'],
      [200, 40, 84, '#4f7f8d'],
      [260, 40, 84, '#4f7f8d'],
    ],
    movers: [walker('#b8533e', 118, 16, -10), walker('#44607b', 126, -13, 310)],
    sway: 0,
  },
  {
    name: 'school-yard',
    sky: '#b3cbd8',
    ground: '#8b9a86',
    horizon: 92,
    blocks: [
      [0, 180, 66, '#b4694a'],
      [186, 20, 30, '#6d7b80'],
      [240, 80, 44, '#c8b48f'],
    ],
    movers: [walker('#d08a2f', 116, 24, 0), walker('#35536b', 126, -21, 280), walker('#7a3550', 140, 18, 90)],
    sway: 0,
  },
]

/** One frame of a scene, `tenths` of a second after its beginning. */
export function frameOf(scene: Scene, tenths: number): Picture {
  const picture = new Uint8Array(WIDTH * HEIGHT * 3)
  const dx = scene.sway * Math.sin(tenths / 4)
  const dy = (scene.sway / 2) * Math.sin(tenths / 2.3)
  const level = scene.horizon + dy
  fill(picture, { x: 0, y: 0, w: WIDTH, h: level }, colour(scene.sky))
  fill(picture, { x: 0, y: level, w: WIDTH, h: HEIGHT }, colour(scene.ground))
  for (const [x, w, h, ink] of scene.blocks) fill(picture, { x: x + dx, y: level - h, w, h }, colour(ink))
  for (const mover of scene.movers) draw(picture, mover, { dx, dy, seconds: tenths / 10 })
  clock(picture, tenths)
  return picture
}

function draw(picture: Picture, mover: Mover, at: { dx: number; dy: number; seconds: number }): void {
  const x = mover.from + mover.speed * at.seconds + at.dx
  const y = mover.y + at.dy
  const ink = colour(mover.ink)
  const dark = colour('#15181c')
  switch (mover.is) {
    case 'car':
      fill(picture, { x, y: y - 16, w: 44, h: 12 }, ink)
      fill(picture, { x: x + 8, y: y - 25, w: 26, h: 10 }, ink)
      for (const wheel of [9, 34]) disc(picture, { x: x + wheel, y: y - 3, radius: 5 }, dark)
      return
    case 'cycle':
      for (const wheel of [4, 24]) disc(picture, { x: x + wheel, y: y - 5, radius: 6 }, dark)
      fill(picture, { x: x + 6, y: y - 16, w: 16, h: 6 }, ink)
      fill(picture, { x: x + 10, y: y - 32, w: 9, h: 17 }, ink)
      return disc(picture, { x: x + 15, y: y - 37, radius: 5 }, colour('#d9b48f'))
    case 'walker': {
      const step = 4 * Math.sin(at.seconds * 7 + mover.from)
      fill(picture, { x: x + 2 + step / 2, y: y - 14, w: 4, h: 14 }, dark)
      fill(picture, { x: x + 8 - step / 2, y: y - 14, w: 4, h: 14 }, dark)
      fill(picture, { x, y: y - 34, w: 14, h: 22 }, ink)
      return disc(picture, { x: x + 7, y: y - 40, radius: 6 }, colour('#d9b48f'))
    }
  }
}
