import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { generateKey, parseVerifierKey } from '@vidne/tlog/keys'
import { openNote } from '@vidne/tlog/note'
import { engines, freshGround } from '../platform/testing/databases.ts'
import type { Seal, SealSettings } from './seal.ts'
import { lastSigned, openedStatement, originOf, testLog, type TestLog } from './testing/test-log.ts'
import { TestWitness } from './testing/test-witness.ts'

describe('a log with witnesses', () => {
  const ground = freshGround(engines.at(-1) ?? 'embedded')
  let log: TestLog
  let seal: Seal
  let witness: TestWitness
  let url: string
  const withWitness = (): Partial<SealSettings> => ({ witnesses: [{ url, vkey: witness.vkey }] })
  const note = async (): Promise<string> => Buffer.from((await seal.serve('checkpoint')).body).toString()
  const cosigners = async (): Promise<string[]> => {
    const known = [parseVerifierKey(log.signers.log.vkey), parseVerifierKey(witness.vkey)]
    return (await openNote(await note(), known)).signedBy.map(one => one.key.name)
  }

  beforeEach(async () => {
    log = await testLog(ground)
    witness = new TestWitness(
      await generateKey('peer.example.org/witness', 'cosignature-ed25519'),
      parseVerifierKey(log.signers.log.vkey),
    )
    url = await witness.listen()
    seal = await log.open(withWitness())
    await seal.openLog(openedStatement(originOf(log)))
  })
  afterEach(async () => {
    await seal.close()
    await witness.close()
    await log.remove()
  })

  test('every public checkpoint carries their cosignature, which makes an event countersigned', async () => {
    expect(await cosigners()).toContain('peer.example.org/witness')
    const [event] = await log.commit(1)
    await seal.whenSealed(event!.label)
    expect(await seal.state(event!.label)).toBe('sealed')
    await seal.publish()
    expect(await cosigners()).toContain('peer.example.org/witness')
    expect(await seal.state(event!.label)).toBe('countersigned')
  })

  test('they see public checkpoints only', async () => {
    const [event] = await log.commit(1)
    await seal.whenSealed(event!.label)
    expect(witness.last?.size).toBe(seal.metrics().publicLeaves)
    expect(witness.last?.size).toBeLessThan(seal.metrics().leaves)
  })

  test('after a restart it asks what they have seen, and goes on from there', async () => {
    await seal.close()
    seal = await log.open(withWitness())
    const [event] = await log.commit(1)
    await seal.whenSealed(event!.label)
    await seal.publish()
    expect(await cosigners()).toContain('peer.example.org/witness')
  })

  test('a witness that joins later starts from nothing', async () => {
    witness.last = null
    await seal.close()
    seal = await log.open(withWitness())
    await seal.publish()
    expect(await cosigners()).toContain('peer.example.org/witness')
  })

  test('a witness that does not answer holds up neither receipts nor the public checkpoint', async () => {
    witness.instead = { status: 500, delayMs: 20_000 }
    await seal.close()
    seal = await log.open({ ...withWitness(), cadenceSeconds: 2 })
    const [event] = await log.commit(1)
    expect(await seal.whenSealed(event!.label)).not.toBeNull()
    expect(await seal.publish()).toBe(true)
    expect(await cosigners()).not.toContain('peer.example.org/witness')
    expect(seal.standing()).toBe('ok')
  })

  test.each([
    ['garbage', { status: 200, body: 'not a signature line\n' }],
    ['a line of another key', { status: 200, body: '— peer.example.org/witness AAAAAAAAAAAAAAAA\n' }],
    ['a 409 without a size', { status: 409, body: 'no' }],
    ['an endless answer', { status: 200, body: '— x AAAA\n'.repeat(20_000) }],
    ['forbidden', { status: 403 }],
  ])('a witness that answers %s is left out', async (_, instead) => {
    witness.instead = instead
    expect(await seal.publish()).toBe(true)
    expect(await cosigners()).not.toContain('peer.example.org/witness')
    expect(seal.standing()).toBe('ok')
  })

  test('when database, tiles and lock are all of yesterday, the witness remembers: nothing is signed', async () => {
    witness.last = { ...witness.last!, size: witness.last!.size + 5000 }
    await seal.close()
    const before = lastSigned(log)
    seal = await log.open(withWitness())
    const [event] = await log.commit(1)
    expect(await seal.whenSealed(event!.label)).toBeNull()
    expect(seal.standing()).toMatchObject({ stopped: 'behind-witness' })
    expect(lastSigned(log)).toBe(before)
  })

  test('a witness that has cosigned another history stops the log: it has forked', async () => {
    witness.last = { ...witness.last!, root: new Uint8Array(32) }
    await seal.close()
    seal = await log.open(withWitness())
    await expect.poll(() => seal.standing()).toMatchObject({ stopped: 'witness-differs' })
    expect(await seal.publish()).toBe(false)
  })

  test('a witness to whom a checkpoint does not go on from what it has cosigned stops the log before it is public', async () => {
    const before = await note()
    witness.instead = { status: 422 }
    await log.commit(1)
    expect(await seal.publish()).toBe(false)
    expect(seal.standing()).toMatchObject({ stopped: 'witness-differs' })
    expect(await note()).toBe(before)
  })

  test('a signature that a witness has made of another checkpoint is left out', async () => {
    const lines = (await note()).split('\n').filter(line => line.startsWith('— peer.example.org/witness '))
    expect(lines).toHaveLength(1)
    witness.instead = { status: 200, body: `${lines.join('\n')}\n` }
    await log.commit(1)
    expect(await seal.publish()).toBe(true)
    expect(await cosigners()).not.toContain('peer.example.org/witness')
  })

  test('a checkpoint that was cosigned but never published, for a crash came between, is simply followed by the next', async () => {
    await seal.close()
    let passed = 0
    seal = await log.open({
      ...withWitness(),
      passed: step => {
        if (step === 'public-recorded' && passed++ === 0) throw new Error('killed')
      },
    })
    await seal.publish().catch(() => undefined)
    await seal.close()
    seal = await log.open(withWitness())
    const [event] = await log.commit(1)
    expect(await seal.whenSealed(event!.label)).not.toBeNull()
    expect(await seal.publish()).toBe(true)
    expect(await cosigners()).toContain('peer.example.org/witness')
  })

  test('a clock that is years off is known by their signatures, at once after a start and when it leaps between two', async () => {
    const years = 3 * 365 * 86_400_000
    const clock = { offMs: 0, now: () => Date.now() + clock.offMs }
    const restarted = async (): Promise<void> => {
      await seal.close()
      seal = await log.open({ ...withWitness(), clock })
    }
    const lead = async (): Promise<number> => {
      const [one, ...more] = await seal.clockLeads()
      expect({ by: one?.by, more }).toEqual({ by: 'peer.example.org/witness', more: [] })
      return one!.leadMs
    }
    await restarted()
    const before = seal.metrics().publicLeaves
    expect(Math.abs(await lead())).toBeLessThan(10_000)
    const shown = seal.metrics().publicLeaves
    expect(shown).toBeGreaterThan(before)
    for (const offMs of [years, -years, 400_000]) {
      clock.offMs = offMs
      expect(Math.abs((await lead()) - offMs)).toBeLessThan(10_000)
    }
    expect(seal.metrics().publicLeaves).toBe(shown)
    clock.offMs = years
    await restarted()
    expect(Math.abs((await lead()) - years)).toBeLessThan(10_000)
    await restarted()
    witness.instead = { status: 500 }
    expect(await seal.clockLeads()).toEqual([])
  })

  test('a signature that a witness has only repeated says nothing of what time it is', async () => {
    witness.repeatsItself = true
    witness.aheadMs = -3_600_000
    await seal.publish()
    witness.aheadMs = 0
    await seal.close()
    seal = await log.open(withWitness())
    const [event] = await log.commit(1)
    await seal.whenSealed(event!.label)
    expect(await cosigners()).toContain('peer.example.org/witness')
    expect(Math.abs((await seal.clockLeads())[0]?.leadMs ?? Infinity)).toBeLessThan(10_000)
  })

  test('nothing is signed before the witnesses have been asked', async () => {
    await seal.close()
    witness.instead = { status: 500, delayMs: 700 }
    seal = await log.open({ ...withWitness(), cadenceSeconds: 10 })
    const before = seal.metrics().leaves
    const [event] = await log.commit(1)
    const sealed = seal.whenSealed(event!.label)
    const settled = seal.settle({ label: event!.label, wait: 'private' })
    await new Promise(done => setTimeout(done, 350))
    expect(seal.metrics().leaves).toBe(before)
    expect(await sealed).not.toBeNull()
    expect(await settled).toMatchObject({ kind: 'private' })
  })
})
