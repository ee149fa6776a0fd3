import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { toHex } from '@vidne/evidence/bytes'
import { NO_POLICY } from '@vidne/evidence/event'
import { parseLeaf } from '@vidne/evidence/leaf'
import { parseCheckpoint } from '@vidne/tlog/checkpoint'
import { parseNote } from '@vidne/tlog/note'
import { onEachEngine } from '../platform/testing/databases.ts'
import type { Continuation } from './continuing.ts'
import { continueFrom, type Seal, type SealSettings } from './seal.ts'
import { keysFor, lastSigned, openedStatement, originOf, recompute, testLog, type TestLog } from './testing/test-log.ts'

onEachEngine('a log whose leaves are lost', ground => {
  let log: TestLog
  let seal: Seal
  let next: SealSettings
  let continuation: Continuation
  const labels: Uint8Array[] = []

  beforeEach(async () => {
    log = await testLog(ground)
    seal = await log.open()
    await seal.openLog(openedStatement(originOf(log)))
    const statement = { type: 'policy-in-force', v: 1, policy: 'ab'.repeat(32), pack: 'uk-met', at: 1 } as const
    await log.database.asInstallation(trx => log.history.publish(trx, statement))
    labels.push(...(await log.commit(30)).map(one => one.label))
    await seal.publish()
    await seal.close()
    const { origin, size, root } = parseCheckpoint(parseNote(lastSigned(log)).text)
    rmSync(join(log.folder, 'lock'), { recursive: true })
    const signers = await keysFor(`${originOf(log)}/2`)
    next = { ...log.settings, signers }
    const previous = { origin, size, root: toHex(root) }
    continuation = {
      opened: openedStatement(signers.log.name),
      continued: { type: 'log-continued', v: 1, previous, at: Date.now() },
    }
  })
  afterEach(async () => {
    labels.length = 0
    await seal.close()
    await log.remove()
  })

  test('is retired, and the next names its last checkpoint and carries every event and statement on', async () => {
    await continueFrom(next, continuation)
    seal = await log.open({ signers: next.signers })
    expect(seal.standing()).toBe('ok')
    for (const label of labels) expect(await seal.whenSealed(label)).not.toBeNull()
    await seal.publish()
    const note = Buffer.from((await seal.serve('checkpoint')).body).toString()
    const { leaves, origin, rootHolds, faults } = recompute(join(log.folder, 'log'), note)
    expect({ origin, rootHolds, faults }).toEqual({ origin: next.signers.log.name, rootHolds: true, faults: [] })
    expect(leaves.slice(0, 2).map(parseLeaf)).toMatchObject([
      { statement: { type: 'log-opened', origin: next.signers.log.name } },
      { statement: { type: 'log-continued', previous: { origin: originOf(log) } } },
    ])
    const { size } = parseCheckpoint(parseNote(note).text)
    expect(await seal.statementProof({ type: 'policy-in-force', policy: 'ab'.repeat(32) }, size)).not.toBeNull()
    expect(await seal.position(NO_POLICY)).toBeNull()
  })

  test('leaves its folders beside the new ones, for whoever looks into what was lost', async () => {
    await continueFrom(next, continuation)
    expect(existsSync(join(log.folder, 'log', 'checkpoint'))).toBe(false)
    const { readdirSync } = await import('node:fs')
    const retired = readdirSync(log.folder).filter(name => name.includes('.retired-'))
    expect(retired.some(name => existsSync(join(log.folder, name, 'checkpoint')))).toBe(true)
  })

  test('can be continued again after the first attempt was cut off', async () => {
    const failing = {
      ...next.database,
      engine: next.database.engine,
      asInstallation: () => Promise.reject(new Error('killed')),
    }
    let calls = 0
    const database: SealSettings['database'] = {
      ...failing,
      asAgency: (agency, work) => next.database.asAgency(agency, work),
      asInstallation: work => (calls++ === 0 ? next.database.asInstallation(work) : failing.asInstallation()),
    }
    await expect(continueFrom({ ...next, database }, continuation)).rejects.toThrow('killed')
    await continueFrom(next, continuation)
    await continueFrom(next, continuation)
    seal = await log.open({ signers: next.signers })
    for (const label of labels) expect(await seal.whenSealed(label)).not.toBeNull()
  })

  test('is never continued under its own origin', async () => {
    const opened = openedStatement(originOf(log))
    await expect(continueFrom(log.settings, { ...continuation, opened })).rejects.toThrow(RangeError)
  })
})
