/** Random choices that are the same in every run of the same seed. */
export type Dice = {
  /** A number from 0 up to, and without, 1. */
  roll(): number
  one<T>(of: readonly T[]): T
  some<T>(of: readonly T[]): T[]
  yes(share?: number): boolean
}

export function dice(seed: number): Dice {
  let state = seed >>> 0
  // mulberry32: small, and good enough to reach every branch.
  const roll = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const one = <T>(of: readonly T[]): T => {
    const chosen = of[Math.floor(roll() * of.length)]
    if (chosen === undefined) throw new Error('nothing to choose from')
    return chosen
  }
  const yes = (share = 0.5) => roll() < share
  return { roll, one, yes, some: of => of.filter(() => yes()) }
}
