import { randomUUID } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { checkReceipt, parseReceipt } from '@vidne/evidence/receipt'
import type { ReceiptFault } from '@vidne/evidence/receipt'
import type { TrustPolicy } from '@vidne/tlog/policy'
import { faultWords } from './faults.ts'
import { makeFolder } from './folders.ts'
import { refusalOf, ServerRefused } from './server.ts'
import type { DockServer } from './server.ts'

/** What the agent itself measured of a file. */
export type Measured = { readonly bytes: number; readonly sha256: string }

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 2_000

/** Waits for the receipt at a path on the server: the log takes a recording in about a second after its last byte. */
export async function fetchReceipt(
  server: DockServer,
  path: string,
  patienceMs: number,
): Promise<{ text: string; recording: string }> {
  const until = performance.now() + patienceMs
  for (let wait = FIRST_PAUSE_MS; performance.now() < until; wait = Math.min(LONGEST_PAUSE_MS, wait * 1.5)) {
    const answer = await server.ask('GET', path)
    const recording = answer.headers.get('vidne-recording')
    if (answer.status === 200 && recording !== null) return { text: answer.text, recording }
    if (answer.status !== 202) throw refusalOf(answer)
    await pause(wait)
  }
  throw new ServerRefused(
    'the server has the file, but its log gives no receipt yet; dock again. The file is kept on the camera',
  )
}

/**
 * Why a receipt is no reason to let a file go; null when it is one. Without a trust file only that it is of this file. That it is from
 * a rehearsal installation is told last, where nothing else speaks against it.
 */
export async function doubtOf(
  text: string,
  { policy, rehearsal }: { policy: TrustPolicy | null; rehearsal: boolean },
  file: Measured,
): Promise<ReceiptFault | null> {
  const expected = { bytes: file.bytes, sha256: new Uint8Array(Buffer.from(file.sha256, 'hex')) }
  if (policy !== null) {
    const verdict = await checkReceipt({ text, policy, expected, rehearsal })
    return verdict.holds ? null : verdict.because
  }
  try {
    const { manifest } = parseReceipt(text)
    if (manifest.bytes !== file.bytes) return 'other-length'
    return manifest.sha256 === file.sha256 ? null : 'other-digest'
  } catch {
    return 'not-a-receipt'
  }
}

/** The receipt of a file cannot be kept on this computer, so the file is not let go. */
export class NotKept extends Error {
  override readonly name = 'NotKept'
}

/** @throws NotKept in words, where this computer refuses */
export async function keeping<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const why = faultWords(cause)
    if (why === null) throw cause
    throw new NotKept(`its receipt cannot be kept on this computer: ${why}; the file is kept on the camera`, { cause })
  }
}

/** Keeps a receipt: proof of custody even if the server is lost. On disk when it resolves. */
export async function keepReceipt(folder: string, name: string, text: string): Promise<string> {
  await makeFolder(folder)
  const path = join(folder, `${name}.receipt`)
  // Two copies of a file, docked at the same time, have one receipt.
  const fresh = `${path}.${randomUUID()}.new`
  const handle = await open(fresh, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(fresh, path)
  await syncFolder(folder)
  return path
}

/** A receipt that was kept; null when it is gone. */
export async function readReceipt(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null)
}

export async function syncFolder(folder: string | Buffer): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}
