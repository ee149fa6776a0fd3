import { styleText } from 'node:util'

/** How far long work is. `total` null: nobody knows how much it is. */
export type Progress = {
  readonly at: (done: number, total: number | null) => void
  readonly end: () => void
}

/** What is counted, where it is not bytes: one of it and many. */
export type Unit = 'bytes' | readonly [one: string, many: string]

/** What a progress needs of a stream. */
export type Screen = { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown }

const MOVES_MS = 100
const LINE_MS = 10_000
/** Width of the bar, and of a terminal of which nothing is known, in characters. */
const BAR = 20
const WIDTH = 80

/**
 * A bar that moves on a terminal, with amount, rate and time left; a plain line every ten seconds elsewhere. On stderr, since
 * stdout is for answers. `end` clears the bar, so that other lines can be written; the next `at` draws it again.
 */
export function startProgress(what: string, unit: Unit = 'bytes', screen: Screen = process.stderr): Progress {
  const began = performance.now()
  const moves = screen.isTTY === true
  let last = began
  let drawn = false
  return {
    at(done, total) {
      const now = performance.now()
      if (now - last < (moves ? MOVES_MS : LINE_MS)) return
      last = now
      drawn = true
      const text = progressWords(what, { done, total, unit, ms: now - began })
      // A line that wraps could not be taken back. A terminal that does not know its width says 0.
      const fits = text.slice(0, Math.max(0, (screen.columns || WIDTH) - BAR - 2))
      screen.write(moves ? `\r\x1b[K${progressBar(done, total)}${fits}` : `${text}\n`)
    },
    end() {
      if (moves && drawn) screen.write('\r\x1b[K')
      drawn = false
    },
  }
}

/** Such as `docking: 1.2 GB of 3.4 GB, 110.0 MB/s, 20 s left`. */
export function progressWords(
  what: string,
  { done, total, unit, ms }: { done: number; total: number | null; unit: Unit; ms: number },
): string {
  const perSecond = (done / Math.max(ms, 1)) * 1000
  const rate = `${amount(perSecond, unit)}/s`
  if (total === null || total === 0) return `${what}: ${amount(done, unit)}, ${rate}`
  const left = perSecond > 0 ? inTime(Math.max(0, total - done) / perSecond) : 'unknown time'
  return `${what}: ${amount(done, unit)} of ${amount(total, unit)}, ${rate}, ${left} left`
}

function progressBar(done: number, total: number | null): string {
  if (total === null || total === 0) return ''
  const full = Math.min(BAR, Math.max(0, Math.round((done / total) * BAR)))
  return `${styleText('cyan', '█'.repeat(full))}${'░'.repeat(BAR - full)} `
}

function amount(count: number, unit: Unit): string {
  if (unit === 'bytes') return inBytes(count)
  const whole = Math.round(count)
  return `${whole.toLocaleString('en').replaceAll(',', ' ')} ${whole === 1 ? unit[0] : unit[1]}`
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

function inBytes(bytes: number): string {
  const unit = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)))
  return `${(bytes / 1000 ** unit).toFixed(unit === 0 ? 0 : 1)} ${UNITS[unit]}`
}

function inTime(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1)} h`
}
