/** Numbers that look random and are the same each time: a demo of the same seed holds the same month. */
export type Chance = {
  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number
  /** Whether something happens that happens so often in a hundred. */
  inHundred(often: number): boolean
  of<T>(these: readonly T[]): T
}

/** Mulberry32, by Tommy Ettinger, in the public domain. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1))
  return {
    between,
    inHundred: often => next() * 100 < often,
    of(these) {
      const one = these[between(0, these.length - 1)]
      if (one === undefined) throw new Error('there is nothing to choose from')
      return one
    },
  }
}
