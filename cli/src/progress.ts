import { styleText } from 'node:util'

/** A bar on a terminal, a plain line every ten seconds elsewhere; on stderr, since stdout is for answers. */
export type Progress = { at(done: number): void; end(): void }

export function startProgress(what: string, total: number | null, out: NodeJS.WriteStream = process.stderr): Progress {
  const began = performance.now()
  const interval = out.isTTY ? 100 : 10_000
  let last = began
  let latest = 0
  const show = () => {
    const seconds = Math.max((performance.now() - began) / 1000, 0.001)
    const text = describe(what, latest, total, latest / seconds)
    out.write(out.isTTY ? `\r\x1b[K${bar(latest, total)} ${text}` : `${text}\n`)
  }
  return {
    at(done) {
      latest = done
      if (performance.now() - last < interval) return
      last = performance.now()
      show()
    },
    end() {
      if (out.isTTY) out.write('\r\x1b[K')
    },
  }
}

function describe(what: string, done: number, total: number | null, bytesPerSecond: number): string {
  const rate = `${inBytes(bytesPerSecond)}/s`
  if (total === null || total === 0) return `${what}: ${inBytes(done)}, ${rate}`
  const left = bytesPerSecond > 0 ? inTime((total - done) / bytesPerSecond) : 'unknown'
  return `${what}: ${inBytes(done)} of ${inBytes(total)}, ${rate}, ${left} left`
}

function bar(done: number, total: number | null): string {
  if (total === null || total === 0) return ''
  const full = Math.min(20, Math.round((done / total) * 20))
  return styleText('cyan', '█'.repeat(full)) + '░'.repeat(20 - full)
}

function inBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let unit = 0
  let amount = bytes
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000
    unit++
  }
  return `${unit === 0 ? Math.round(amount) : amount.toFixed(1)} ${units[unit]}`
}

function inTime(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1)} h`
}
