import { readFileSync, writeFileSync } from 'node:fs'

/** `short`: the smallest loads and one round, to try whether a bench runs at all. Nothing is judged then. */
export type Extent = { readonly short: boolean }

/** One figure; `target` in words, `holds` null where nothing was judged. */
export type Result = { what: string; value: number; unit: string; target: string; holds: boolean | null }

export function atLeast(what: string, value: number, target: number, unit = 'x'): Result {
  return { what, value: rounded(value), unit, target: `≥ ${target}`, holds: value >= target }
}

export function atMost(what: string, value: number, target: number, unit: string): Result {
  return { what, value: rounded(value), unit, target: `≤ ${target}`, holds: value <= target }
}

export function said(what: string, value: number, unit: string): Result {
  return { what, value: rounded(value), unit, target: 'only reported', holds: null }
}

function rounded(value: number): number {
  return Number(value.toPrecision(4))
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/**
 * Runs each contender in turn, round by round, so that a change of the machine's mood meets all of them. Before that, rounds
 * that do not count, in which code is compiled and files are made that later ones find.
 */
export async function interleaved<Name extends string, Figure>(
  rounds: number,
  contenders: Record<Name, () => Promise<Figure>>,
  { warmUps } = { warmUps: 0 },
): Promise<Record<Name, Figure[]>> {
  const entries = Object.entries<() => Promise<Figure>>(contenders)
  const figures = new Map<string, Figure[]>(entries.map(([name]) => [name, []]))
  for (let round = -warmUps; round < rounds; round++)
    for (const [name, run] of entries) {
      const figure = await run()
      if (round >= 0) figures.get(name)?.push(figure)
    }
  return Object.fromEntries(figures) as Record<Name, Figure[]>
}

/** Median over rounds of the ratio within each round. */
export function medianRatio(ours: readonly number[], theirs: readonly number[]): number {
  return median(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)))
}

const ticksPerSecond = 100

/** CPU seconds a process has used, its threads included. Linux only. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** From here on the highest memory is counted anew (proc(5), clear_refs). Linux only. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/** Resident memory in bytes: now, and at its highest. Linux only. */
export function memoryOf(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kib = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * 1024
  return { now: kib('VmRSS'), peak: kib('VmHWM') }
}
