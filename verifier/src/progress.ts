import { type Language, say } from '@vidne/locales/say'
import type { Progress } from './footage-check.ts'

type Terminal = { terminal: boolean; columns?: number; err: (text: string) => void }

/** Tells on stderr how far the hashing is: a bar that moves on a terminal, a plain line every ten seconds elsewhere. */
export function tellProgress(
  language: Language,
  { terminal, columns, err }: Terminal,
): { at: Progress; end: () => void } {
  const began = performance.now()
  const interval = terminal ? 100 : 10_000
  let last = began
  let shown = false
  return {
    at(done, total) {
      const now = performance.now()
      if (now - last < interval) return
      last = now
      shown = true
      const line = progressWords(language, { done, total, ms: now - began })
      // A line that wraps could not be taken back. A terminal that does not know its width says 0.
      const fits = line.slice(0, Math.max(0, (columns || WIDTH) - BAR - 2))
      err(terminal ? `\r\x1b[K${bar(done, total)} ${fits}` : `${line}\n`)
    },
    end() {
      if (terminal && shown) err('\r\x1b[K')
    },
  }
}

/** How far hashing has come after so many milliseconds, in words. */
export function progressWords(
  language: Language,
  { done, total, ms }: { done: number; total: number; ms: number },
): string {
  const perSecond = (done / Math.max(ms, 1)) * 1000
  const left = inTime(Math.max(0, total - done) / Math.max(perSecond, 1))
  return say(language, 'verdict.progress', {
    done: inBytes(done),
    total: inBytes(total),
    rate: inBytes(perSecond),
    left,
  })
}

const BAR = 20
const WIDTH = 80

function bar(done: number, total: number): string {
  const full = Math.min(BAR, Math.round((done / Math.max(total, 1)) * BAR))
  return '█'.repeat(full) + '░'.repeat(BAR - full)
}

/** Signs that are the same in every language. */
function inTime(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}

const units = ['B', 'kB', 'MB', 'GB', 'TB']

function inBytes(bytes: number): string {
  const unit = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)))
  return `${(bytes / 1000 ** unit).toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`
}
