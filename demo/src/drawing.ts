export const WIDTH = 320
export const HEIGHT = 180

/** A picture of 24 bits, drawn by us: nothing in it shows anybody or any place there is. */
export type Picture = Uint8Array

type Colour = readonly [number, number, number]

/** Red, green and blue of `#rrggbb`. */
export function colour(text: string): Colour {
  const number = Number.parseInt(text.slice(1), 16)
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255]
}

type Box = { x: number; y: number; w: number; h: number }

export function fill(picture: Picture, { x, y, w, h }: Box, [r, g, b]: Colour): void {
  const [left, right] = [Math.max(0, Math.round(x)), Math.min(WIDTH, Math.round(x + w))]
  const [top, bottom] = [Math.max(0, Math.round(y)), Math.min(HEIGHT, Math.round(y + h))]
  for (let row = top; row < bottom; row++)
    for (let column = left; column < right; column++) picture.set([r, g, b], 3 * (row * WIDTH + column))
}

export function disc(picture: Picture, at: { x: number; y: number; radius: number }, ink: Colour): void {
  for (let row = -at.radius; row <= at.radius; row++) {
    const half = Math.sqrt(at.radius ** 2 - row ** 2)
    fill(picture, { x: at.x - half, y: at.y + row, w: 2 * half, h: 1 }, ink)
  }
}

/** Which of its seven bars each digit lights: top, both above, middle, both below, bottom. */
const BARS = [
  '1110111',
  '0010010',
  '1011101',
  '1011011',
  '0111010',
  '1101011',
  '1101111',
  '1010010',
  '1111111',
  '1111011',
]

/** Minutes, seconds and tenths since the clip began, so that a frame can be told from the next. */
export function clock(picture: Picture, tenths: number): void {
  fill(picture, { x: 6, y: 6, w: 92, h: 26 }, colour('#101418'))
  const seconds = Math.floor(tenths / 10)
  const text = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}.${tenths % 10}`
  let x = 12
  for (const sign of text) x += glyph(picture, sign, x)
}

function glyph(picture: Picture, sign: string, x: number): number {
  const ink = colour('#f2f5f7')
  const dot = (y: number) => fill(picture, { x: x + 1, y, w: 2, h: 2 }, ink)
  if (sign === ':') return (dot(15), dot(22), 7)
  if (sign === '.') return (dot(25), 7)
  const bars: readonly Box[] = [
    { x, y: 10, w: 10, h: 2 },
    { x, y: 10, w: 2, h: 9 },
    { x: x + 8, y: 10, w: 2, h: 9 },
    { x, y: 18, w: 10, h: 2 },
    { x, y: 18, w: 2, h: 9 },
    { x: x + 8, y: 18, w: 2, h: 9 },
    { x, y: 25, w: 10, h: 2 },
  ]
  bars.forEach((bar, index) => BARS[Number(sign)]?.[index] === '1' && fill(picture, bar, ink))
  return 14
}
