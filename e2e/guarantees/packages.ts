import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openZip } from '@vidne/evidence/zip-reader'
import { runVerify } from '@vidne/verifier/cli'
import { onTestFinished } from 'vitest'

/** The files of a package by name. */
export async function filesIn(zip: Buffer): Promise<Map<string, Buffer>> {
  const read = async (offset: number, length: number) => zip.subarray(offset, offset + length)
  const entries = await openZip({ size: zip.length, read })
  return new Map([...entries].map(([name, { at, bytes }]) => [name, zip.subarray(at, at + bytes)]))
}

/** Unpacks files into a new folder, as whoever receives a package may; it lasts as long as the test. */
export function unpacked(files: ReadonlyMap<string, Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), 'vidne-unpacked-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), bytes)
  }
  return folder
}

export type Verdict = {
  exit: number
  intact: boolean
  history: 'unproven' | 'asserted' | 'checked'
  countersigned: string[]
  reasons: { code: string; where: string }[]
}

/** What `vidne verify` says of what lies at a path. */
export async function verify(path: string, ...words: string[]): Promise<Verdict> {
  let out = ''
  const io = { out: (text: string) => void (out += text), err: () => {}, env: {}, terminal: false }
  const exit = await runVerify([path, ...words, '--json'], io)
  return { exit, ...(JSON.parse(out) as Omit<Verdict, 'exit'>) }
}

export async function codesOf(path: string, ...words: string[]): Promise<string[]> {
  return (await verify(path, ...words)).reasons.map(reason => reason.code)
}
