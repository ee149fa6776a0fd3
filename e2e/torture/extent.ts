import { writeSync } from 'node:fs'

/** `npm run torture` asks for the long form; in `npm test` the same files run shortened. */
export const full = process.env['VIDNE_TORTURE'] === 'full'

/** How often, how many, how long: the figure of the long form, or that of the short one. */
export function extent(long: number, short: number): number {
  return full ? long : short
}

/** A line for whoever runs the torture: what was done and what it showed. */
export function report(line: string): void {
  writeSync(2, `torture: ${line}\n`)
}
