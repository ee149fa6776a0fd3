import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { checkReceipt } from '@vidne/evidence/receipt'
import { parseCheckpoint } from '@vidne/tlog/checkpoint'
import { parseNote } from '@vidne/tlog/note'
import { parsePolicy } from '@vidne/tlog/policy'
import { parseProof } from '@vidne/tlog/proof'
import { type LogVerdict, checkLog } from '@vidne/verifier/log-check'
import { folderLog } from '@vidne/verifier/log-source.node'
import { zipPackage } from '@vidne/verifier/package-source'
import { verifyPackage } from '@vidne/verifier/verify'
import { expect } from 'vitest'
import type { Sending } from './sending.ts'

/** An installation as its operator and its auditor see it. */
export type Place = { url: string; data: string; operatorToken: string; trust: string }

export type Row = {
  id: string
  sha256: string | null
  bytes: number
  state: string
  path: string | null
  held: boolean
  parsable: boolean | null
}

export async function api<T>(place: Place, method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(`${place.url}/api${path}`, {
    method,
    headers: { authorization: `Bearer ${place.operatorToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (answer.status === 429) {
    await pause(1000 * Number(answer.headers.get('retry-after') ?? 1))
    return api(place, method, path, body)
  }
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return JSON.parse(text) as T
}

/** Every recording that is listed. */
export async function recordings(place: Place): Promise<Row[]> {
  const rows: Row[] = []
  for (let after: string | null = ''; after !== null;) {
    const query: string = after === '' ? '' : `&after=${encodeURIComponent(after)}`
    const page: { recordings: Row[]; after: string | null } = await api(place, 'GET', `/recordings?limit=1000${query}`)
    rows.push(...page.recordings)
    after = page.after
  }
  return rows
}

/** A package of the recording, as bytes. Asked for again in the same words before it was fetched, it is the same one. */
export async function exported(place: Place, recording: string, purpose = 'torture'): Promise<Buffer> {
  type State = { state: string; export: string; download?: string }
  const wish = { purpose, wait: false }
  let state = await api<State>(place, 'POST', `/recordings/${recording}/exports`, wish)
  for (let tries = 0; state.download === undefined && tries < 600; tries++) {
    await pause(100)
    state = await api<State>(place, 'GET', `/exports/${state.export}`)
  }
  const answer = await fetch(`${place.url}${state.download}`, {
    headers: { authorization: `Bearer ${place.operatorToken}` },
  })
  if (answer.status === 429) {
    await pause(1000 * Number(answer.headers.get('retry-after') ?? 1))
    return exported(place, recording, purpose)
  }
  if (!answer.ok) throw new Error(`the package of ${recording}: ${answer.status} ${await answer.text()}`)
  return Buffer.from(await answer.arrayBuffer())
}

/** What an auditor with the trust file says of a package. */
export async function verdictOn(zip: Buffer, trust: string) {
  const source = await zipPackage({
    size: zip.length,
    read: async (offset, length) => zip.subarray(offset, offset + length),
  })
  return verifyPackage(source, { trust: readFileSync(trust, 'utf8'), rehearsal: true })
}

/** The files as the court gets them: exported, decrypted, hashed, and judged by the verifier. */
export async function expectExportsIdentical(place: Place, sent: readonly Sending[]): Promise<void> {
  const waiting = sent.values()
  const worker = async (): Promise<void> => {
    for (const { recording, sha256, name } of waiting) {
      const verdict = await verdictOn(await exported(place, recording ?? ''), place.trust)
      expect({ name, reasons: verdict.reasons, intact: verdict.intact, footage: verdict.footage }).toEqual({
        name,
        reasons: [],
        intact: true,
        footage: 'checked',
      })
      expect(verdict.recording?.sha256).toBe(sha256)
    }
  }
  await Promise.all(Array.from({ length: 4 }, worker))
}

/** Each file has become one recording, and no recording is there that nobody sent. */
export async function expectOneRecordingEach(place: Place, sent: readonly Sending[]): Promise<void> {
  const rows = await recordings(place)
  expect(new Set(sent.map(one => one.recording)).size).toBe(sent.length)
  expect(rows.map(row => `${row.id} ${row.sha256}`).toSorted()).toEqual(
    sent.map(one => `${one.recording} ${one.sha256}`).toSorted(),
  )
}

/** Every receipt that was handed out still verifies, on its own. */
export async function expectReceiptsVerify(place: Place, sent: readonly Sending[]): Promise<void> {
  const policy = parsePolicy(readFileSync(place.trust, 'utf8'))
  for (const { receipt, sha256, bytes } of sent) {
    const expected = { bytes, sha256: new Uint8Array(Buffer.from(sha256, 'hex')) }
    expect(await checkReceipt({ text: receipt ?? '', policy, expected, rehearsal: true })).toMatchObject({
      holds: true,
    })
  }
}

/** Remembers every checkpoint that it was ever shown, as a witness would. */
export class LogMemory {
  readonly #place: Place
  readonly #notes = new Map<number, string>()

  constructor(place: Place) {
    this.#place = place
  }

  get seen(): number {
    return this.#notes.size
  }

  /** Looks at the public checkpoint; a server that is away shows none. */
  async look(): Promise<void> {
    const answer = await fetch(`${this.#place.url}/log/checkpoint`).catch(() => null)
    if (answer?.status === 200) this.take(await answer.text())
  }

  /** Takes a signed checkpoint from anywhere. Two of one size must be of one root. */
  take(note: string): void {
    const { size, root } = checkpointOf(note)
    const before = this.#notes.get(size)
    if (before !== undefined) expect(Buffer.from(checkpointOf(before).root)).toEqual(Buffer.from(root))
    else this.#notes.set(size, note)
  }

  takeReceipts(sent: readonly Sending[]): void {
    for (const { receipt } of sent) if (receipt !== null) this.take(parseProof(receipt).checkpoint)
  }

  /** Recomputes the whole log and looks whether it holds everything that was ever signed and seen. */
  async expectOneLog(): Promise<LogVerdict> {
    const newest = Math.max(0, ...this.#notes.keys())
    const keys = parsePolicy(readFileSync(this.#place.trust, 'utf8')).logs
    const source = folderLog(join(this.#place.data, 'log'))
    const covered = async () => checkpointOf((await source.checkpoint()) ?? '').size >= newest
    for (let tries = 0; tries < 300 && !(await covered()); tries++) await pause(200)
    const verdict = await checkLog({ source, keys, earlier: [...this.#notes.values()] })
    expect(verdict.findings).toEqual([])
    expect(verdict.sound).toBe(true)
    expect(verdict.size).toBeGreaterThanOrEqual(newest)
    return verdict
  }
}

function checkpointOf(note: string) {
  return parseCheckpoint(parseNote(note).text)
}

/** Waits until the server says it is ready for everything; rejects with its reason after a minute. */
export async function untilReady(url: string, patienceMs = 60_000): Promise<void> {
  const until = performance.now() + patienceMs
  for (let said = ''; ; await pause(100)) {
    const answer = await fetch(`${url}/readyz`).catch(() => null)
    if (answer?.status === 200) return
    said = answer === null ? 'no answer' : await answer.text()
    if (performance.now() > until) throw new Error(`not ready: ${said}`)
  }
}
