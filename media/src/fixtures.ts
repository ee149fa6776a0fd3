import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FactName, FactValue } from './facts.ts'
import type { FootageSource, Reading } from './footage.ts'

// For tests only.

/** Clips of our own making: `plain.mp4` by ffmpeg (index at the end), `recorder.*` by Chromium's MediaRecorder. */
export function fixture(name: 'plain.mp4' | 'recorder.mp4' | 'recorder.webm'): Buffer {
  return readFileSync(join(import.meta.dirname, '../fixtures', name))
}

export function sourceOf(bytes: Uint8Array): FootageSource {
  return { bytes: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) }
}

/** That a test needs what Debian has and this machine has not, in words; null where all of it is here. */
export function missingPrograms(...names: string[]): string | null {
  const missing = names.filter(name => !existsSync(join('/usr/bin', name)))
  return missing.length === 0 ? null : `there is no ${missing.join(', no ')} in /usr/bin`
}

/** Makes footage with ffmpeg: three seconds, 160 × 120, 15 pictures a second, a keyframe each second, with sound. */
export function makeFootage(file: string, args: readonly string[]): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'vidne-footage-'))
  const path = join(folder, file)
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=15', '-f', 'lavfi', '-i', 'sine=frequency=440']
  try {
    execFileSync('/usr/bin/ffmpeg', [
      '-v',
      'error',
      ...picture,
      '-t',
      '3',
      '-g',
      '15',
      '-pix_fmt',
      'yuv420p',
      ...args,
      path,
    ])
    return readFileSync(path)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The values said under one name, by whoever said it. */
export function said(reading: Pick<Reading, 'facts'>, name: FactName, parser = ''): FactValue[] {
  return reading.facts.filter(fact => fact.name === name && fact.parser.startsWith(parser)).map(fact => fact.value)
}

/** `bytes` with single bytes replaced. */
export function mutant(bytes: Uint8Array, changes: readonly (readonly [at: number, value: number])[]): Buffer {
  const copy = Buffer.from(bytes)
  for (const [at, value] of changes) copy[at] = value
  return copy
}
