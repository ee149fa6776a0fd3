import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fromHex } from '@vidne/evidence/bytes'
import { commitment, NO_POLICY } from '@vidne/evidence/event'
import { eventLeaf, parseLeaf, statementLeaf } from '@vidne/evidence/leaf'
import { checkMapProof } from '@vidne/evidence/map-proof'
import { checkReceipt } from '@vidne/evidence/receipt'
import { parseCheckpoint } from '@vidne/tlog/checkpoint'
import { generateKey, parseVerifierKey, signerFromKey } from '@vidne/tlog/keys'
import { checkConsistency, checkInclusion, leafHash } from '@vidne/tlog/merkle'
import { openNote, parseNote, signNote } from '@vidne/tlog/note'
import { parsePolicy } from '@vidne/tlog/policy'
import { bundlePath, consistencyProof, decodeBundle, tilePath } from '@vidne/tlog/tiles'
import { onEachEngine } from '../platform/testing/databases.ts'
import type { Seal, SealSettings } from './seal.ts'
import { commitRecording, openedStatement, originOf, recompute, testLog, type TestLog } from './testing/test-log.ts'
import { openTileFolder } from './tile-store.ts'

function rootOf(note: string): { size: number; root: Uint8Array } {
  return parseCheckpoint(parseNote(note).text)
}

onEachEngine('the log', ground => {
  let log: TestLog
  let seal: Seal
  const reopen = async (changes?: Partial<SealSettings>): Promise<void> => {
    await seal.close()
    seal = await log.open(changes)
  }
  beforeEach(async () => {
    log = await testLog(ground)
    seal = await log.open()
    await seal.openLog(openedStatement(originOf(log)))
  })
  afterEach(async () => {
    await seal.close()
    await log.remove()
  })
  const note = async (): Promise<string> => Buffer.from((await seal.serve('checkpoint')).body).toString()
  const files = (): string => join(log.folder, 'log')

  test('a recording is sealed by itself, and its receipt holds against the trust policy', async () => {
    const recording = await commitRecording(log)
    expect(await seal.receiptOf(recording)).toBeNull()
    expect(await seal.state(recording.label)).toBe('received')
    expect(await seal.whenSealed(recording.label)).not.toBeNull()
    const text = (await seal.receiptOf(recording)) ?? ''
    const policy = parsePolicy(`log ${log.signers.log.vkey}\nquorum none\n`)
    expect(await checkReceipt({ text, policy, rehearsal: true })).toMatchObject({ holds: true, origin: originOf(log) })
    expect(await seal.state(recording.label)).toBe('sealed')
  })

  test('a receipt says what kind of installation it is from, under the private checkpoint and the public one', async () => {
    const recordings = await Promise.all([commitRecording(log), commitRecording(log)])
    await Promise.all(recordings.map(one => seal.whenSealed(one.label)))
    const policy = parsePolicy(`log ${log.signers.log.vkey}\nquorum none\n`)
    const sizes = new Set<number>()
    for (const making of [async () => {}, () => seal.publish()]) {
      await making()
      const texts = await Promise.all(recordings.map(one => seal.receiptOf(one)))
      for (const text of texts) {
        const verdict = await checkReceipt({ text: text ?? '', policy, rehearsal: true })
        expect(verdict).toMatchObject({ holds: true, receipt: { opened: { statement: { mode: 'rehearsal' } } } })
        expect(await checkReceipt({ text: text ?? '', policy })).toEqual({ holds: false, because: 'rehearsal' })
        if (verdict.holds) sizes.add(verdict.size)
      }
    }
    expect(sizes.size).toBe(2)
  })

  test('a recording that has its number but no signature yet has no receipt', async () => {
    const found: unknown[] = []
    const recording = await commitRecording(log)
    await reopen({
      passed: async step => {
        if (step === 'tiles-written') found.push(await seal.receiptOf(recording), await seal.state(recording.label))
      },
    })
    await seal.whenSealed(recording.label)
    expect(found.slice(0, 2)).toEqual([null, 'received'])
    expect(await seal.receiptOf(recording)).not.toBeNull()
  })

  test('64 recordings that come at once are all in the log, each once, under one signature the files agree with', async () => {
    const recordings = await Promise.all(Array.from({ length: 64 }, () => commitRecording(log)))
    const indexes = await Promise.all(recordings.map(one => seal.whenSealed(one.label)))
    expect(new Set(indexes).size).toBe(64)
    await seal.publish()
    const { leaves, rootHolds, faults } = recompute(files(), await note())
    expect({ rootHolds, faults }).toEqual({ rootHolds: true, faults: [] })
    recordings.forEach((one, at) => {
      expect(leaves[indexes[at]!]).toEqual(eventLeaf(one.label, commitment(one.event)))
    })
  })

  test('leaf 0 says what the log is, and every public checkpoint ends in a map root over all before it', async () => {
    await commitRecording(log)
    await seal.publish()
    await seal.publish()
    const { leaves, size, faults } = recompute(files(), await note())
    expect(parseLeaf(leaves[0]!)).toMatchObject({
      kind: 'statement',
      statement: { type: 'log-opened', origin: originOf(log) },
    })
    expect(parseLeaf(leaves[size - 1]!)).toMatchObject({ kind: 'map-root', size: size - 1 })
    expect(faults).toEqual([])
  })

  test('a public interval shows 16, 64, 256 or 1024 event-shaped leaves, whatever happened in it', async () => {
    const shown: number[] = []
    let seen = rootOf(await note()).size
    for (const happened of [0, 5, 17, 70]) {
      await log.commit(happened)
      await seal.publish()
      const { leaves, size } = recompute(files(), await note())
      shown.push(leaves.slice(seen).filter(leaf => parseLeaf(leaf).kind === 'event').length)
      seen = size
    }
    expect(shown).toEqual([16, 16, 64, 256])
  })

  test('and also when more happens in every moment of its making', async () => {
    await seal.publish()
    const seen = rootOf(await note()).size
    let left = 12
    await reopen({
      passed: async step => {
        if (step === 'numbered' && left-- > 0) await log.commit(1)
      },
    })
    await seal.publish()
    const { leaves } = recompute(files(), await note())
    expect([16, 64]).toContain(leaves.slice(seen).filter(leaf => parseLeaf(leaf).kind === 'event').length)
  })

  test('a filler is a leaf like any other: in length, in its row and in the map', async () => {
    const [real] = await log.commit(1)
    await seal.publish()
    const { leaves } = recompute(files(), await note())
    const events = leaves.filter(leaf => leaf[0] === 1)
    expect(events.every(leaf => leaf.length === 65)).toBe(true)
    for (const leaf of events) expect(await seal.position(leaf.slice(1, 33))).not.toBeNull()
    const settled = await seal.settle({ label: real!.label, wait: 'public' })
    const mapRoot = settled.kind === 'none' ? null : settled.mapRoot
    const labels = events.map(leaf => leaf.slice(1, 33))
    const { presence } = await seal.mapProofs(labels, NO_POLICY, mapRoot!.index)
    presence.forEach((proof, at) => {
      expect(checkMapProof({ root: mapRoot!.root, label: labels[at]!, proof })).toEqual({
        present: events[at]!.slice(33),
      })
    })
  })

  test('nothing beyond the public checkpoint is served, and no path but the canonical', async () => {
    const { size } = rootOf(await note())
    await log.commit(40)
    await expect.poll(() => seal.metrics().leaves).toBeGreaterThan(size + 30)
    const status = async (path: string): Promise<number> => (await seal.serve(path)).status
    expect(await status(bundlePath(0, size))).toBe(200)
    expect(await status(tilePath(0, 0, size))).toBe(200)
    expect(await status(bundlePath(0, size + 1))).toBe(404)
    expect(await status(tilePath(0, 0, size + 1))).toBe(404)
    expect(await status(bundlePath(0, 256))).toBe(404)
    expect(await status('tile/0/0')).toBe(404)
    expect(await status('tile/00/000.p/1')).toBe(404)
    expect(await status('tile/0/000.p/01')).toBe(404)
    expect(await status('../lock/0000000000000001.checkpoint')).toBe(404)
    expect(decodeBundle((await seal.serve(bundlePath(0, size))).body, size)).toHaveLength(size)
  })

  test('the folder itself can be served: it keeps the very files that the public checkpoint names', async () => {
    await log.commit(10)
    await seal.publish()
    const { size } = rootOf(await note())
    for (let round = 0; round < 3; round++) {
      const { label } = await commitRecording(log)
      await seal.whenSealed(label)
    }
    expect(existsSync(join(files(), bundlePath(0, size)))).toBe(true)
    expect(existsSync(join(files(), tilePath(0, 0, size)))).toBe(true)
  })

  test('tiles may be cached for ever, the checkpoint and a refusal may not', async () => {
    const { size } = rootOf(await note())
    expect((await seal.serve(tilePath(0, 0, size))).headers['cache-control']).toContain('immutable')
    expect((await seal.serve('checkpoint')).headers['cache-control']).toBe('no-cache')
    expect((await seal.serve(tilePath(0, 1, 1))).headers['cache-control']).toBe('no-store')
  })

  test('the public checkpoint carries an Ed25519 and an ML-DSA-44 line, and both hold', async () => {
    const keys = [log.signers.log, log.signers.second!].map(signer => parseVerifierKey(signer.vkey))
    const { signedBy } = await openNote(await note(), keys)
    expect(signedBy.map(one => one.key.kind)).toEqual(['ed25519', 'cosignature-ml-dsa-44'])
  })

  test('every two successive checkpoints are consistent, private and public alike', async () => {
    const signed: { size: number; root: Uint8Array }[] = []
    for (let round = 0; round < 6; round++) {
      const [first] = await log.commit(round * 7 + 1)
      const settled = await seal.settle({ label: first!.label, wait: 'private' })
      signed.push(rootOf(settled.kind === 'none' ? '' : settled.checkpoint))
      await seal.publish()
      signed.push(rootOf(await note()))
    }
    const tiles = openTileFolder(files())
    for (const [at, now] of signed.entries()) {
      const before = signed[at - 1]
      if (before === undefined) continue
      const proof = await consistencyProof(tiles, before.size, now.size)
      const claim = { oldSize: before.size, newSize: now.size, oldRoot: before.root, newRoot: now.root, proof }
      expect(checkConsistency(claim)).toEqual({ holds: true })
    }
  })

  test.each(['private', 'public'] as const)(
    'a settled event is proven by a %s checkpoint, the map, and no successor',
    async wait => {
      const { label, event } = await commitRecording(log)
      const settling = seal.settle({ label, wait })
      if (wait === 'public') {
        await seal.whenSealed(label)
        await seal.publish()
      }
      const settled = await settling
      if (settled.kind !== wait) throw new Error('not settled')
      const { size, root } = rootOf(settled.checkpoint)
      const index = (await seal.position(label))!
      const proves = async (leaf: Uint8Array, place: number): Promise<boolean> =>
        checkInclusion({ leafHash: leafHash(leaf), index: place, size, root, proof: await seal.proofOf(place, size) })
          .holds
      expect(await proves(eventLeaf(label, commitment(event)), index)).toBe(true)
      expect(settled.mapRoot.index).toBeGreaterThan(index)
      expect(await proves(settled.mapRoot.leaf, settled.mapRoot.index)).toBe(true)
      const next = fromHex(event.core.next)
      const { presence, absence } = await seal.mapProofs([label], next, settled.mapRoot.index)
      expect(checkMapProof({ root: settled.mapRoot.root, label, proof: presence[0]! })).toEqual({
        present: commitment(event),
      })
      expect(checkMapProof({ root: settled.mapRoot.root, label: next, proof: absence })).toEqual({ absent: true })
    },
  )

  test('an old checkpoint is still provable after the log has grown, and after a restart', async () => {
    const { label, event } = await commitRecording(log)
    const settled = await seal.settle({ label, wait: 'private' })
    if (settled.kind === 'none') throw new Error('not settled')
    await log.commit(300)
    await seal.publish()
    await reopen()
    const { presence } = await seal.mapProofs([label], NO_POLICY, settled.mapRoot.index)
    const claim = { root: settled.mapRoot.root, label, proof: presence[0]! }
    expect(checkMapProof(claim)).toEqual({ present: commitment(event) })
    const { size, root } = rootOf(settled.checkpoint)
    const { index, leaf } = settled.mapRoot
    const proof = await seal.proofOf(index, size)
    expect(checkInclusion({ leafHash: leafHash(leaf), index, size, root, proof })).toEqual({ holds: true })
    await expect(async () => seal.proofOf(index, seal.metrics().leaves + 1)).rejects.toThrow(RangeError)
  })

  test('a public statement is found by what it says and proven in the log', async () => {
    const policy = 'ab'.repeat(32)
    const statement = { type: 'policy-in-force', v: 1, policy, pack: 'uk-met', at: 1 } as const
    await log.database.asInstallation(trx => log.history.publish(trx, statement))
    const settled = await seal.settle({ label: (await log.commit(1))[0]!.label, wait: 'private' })
    if (settled.kind === 'none') throw new Error('not settled')
    const { size, root } = rootOf(settled.checkpoint)
    const placed = (await seal.statementProof({ type: 'policy-in-force', policy }, size))!
    expect(placed.statement).toEqual(statement)
    const claim = {
      leafHash: leafHash(statementLeaf(statement)),
      index: placed.index,
      size,
      root,
      proof: placed.hashes,
    }
    expect(checkInclusion(claim)).toEqual({ holds: true })
    expect(await seal.statementProof({ type: 'policy-in-force', policy: 'cd'.repeat(32) }, size)).toBeNull()
    expect((await seal.statementProof({ type: 'log-opened' }, size))?.index).toBe(0)
  })

  test('a map-checker posts its cosignature, and the event is countersigned from then on', async () => {
    const [checker, stranger] = [
      await generateKey('checker', 'cosignature-ed25519'),
      await generateKey('x', 'cosignature-ed25519'),
    ]
    await reopen({ mapCheckers: [checker.vkey] })
    const { label } = await commitRecording(log)
    await seal.whenSealed(label)
    await seal.publish()
    const { text } = parseNote(await note())
    const sign = async (skey: string): Promise<string> => signNote(text, [await signerFromKey(skey)])
    expect(await seal.acceptCosignature(await sign(stranger.skey))).toBeNull()
    expect(await seal.state(label)).toBe('sealed')
    const line = (await sign(checker.skey)).split('\n').at(-2)!
    expect(await seal.acceptCosignature(line.replace(/.{12}$/, 'AAAAAAAAAAA='))).toBeNull()
    expect(await seal.acceptCosignature(`${line}\n`)).toBe(rootOf(await note()).size)
    expect(await seal.state(label)).toBe('countersigned')
    expect((await openNote(await note(), [parseVerifierKey(checker.vkey)])).signedBy).toHaveLength(1)
    await reopen({ mapCheckers: [checker.vkey] })
    expect(await seal.state(label)).toBe('countersigned')
  })

  test('the newest checkpoint that a map-checker has signed is shown beside the public one, which has gone on', async () => {
    const checker = await generateKey('checker', 'cosignature-ed25519')
    await reopen({ mapCheckers: [checker.vkey] })
    const shown = async (): Promise<string | null> => {
      const { status, headers, body } = await seal.serve('checked')
      if (status === 200) expect(headers['cache-control']).toBe('no-cache')
      return status === 200 ? Buffer.from(body).toString() : null
    }
    expect(await shown()).toBeNull()
    const notes = [await note()]
    for (const _ of [1, 2]) {
      await seal.publish()
      notes.push(await note())
    }
    const signer = await signerFromKey(checker.skey)
    for (const at of [1, 0]) {
      await seal.acceptCosignature(await signNote(parseNote(notes[at]!).text, [signer]))
      expect(rootOf((await shown())!)).toEqual(rootOf(notes[1]!))
    }
    expect(rootOf(await note())).toEqual(rootOf(notes[2]!))
    await reopen({ mapCheckers: [checker.vkey] })
    expect(rootOf((await shown())!)).toEqual(rootOf(notes[1]!))
    await reopen()
    expect(await shown()).toBeNull()
  })

  test('a second leaf under a label is never signed: the log stops instead of showing it for ever', async () => {
    const { label } = await commitRecording(log)
    await seal.whenSealed(label)
    const before = seal.metrics().leaves
    const twice = eventLeaf(label, NO_POLICY)
    await log.database.asInstallation(trx =>
      sql`insert into history_pending (leaf, label) values (${twice}, ${label})`.execute(trx),
    )
    await expect.poll(() => seal.standing()).toMatchObject({ stopped: 'label-twice' })
    expect(seal.metrics().leaves).toBe(before)
  })

  test('a label nobody has committed cannot be settled, and waiting for it ends with the log', async () => {
    expect(await seal.settle({ label: NO_POLICY, wait: 'private' })).toEqual({ kind: 'none', because: 'unknown-label' })
    const waiting = seal.whenSealed(NO_POLICY)
    await seal.close()
    expect(await waiting).toBeNull()
  })

  test('who waits for a public checkpoint no longer than he can is told that it came too late', async () => {
    const { label } = await commitRecording(log)
    expect(await seal.settle({ label, wait: 'public', patienceMs: 300 })).toEqual({ kind: 'none', because: 'too-late' })
  })

  test('a filler follows an export after a while', async () => {
    await reopen({ cadenceSeconds: 2 })
    const { label } = await commitRecording(log)
    const settled = await seal.settle({ label, wait: 'private' })
    const after = settled.kind === 'none' ? 0 : settled.size
    await expect.poll(() => seal.metrics().leaves).toBeGreaterThan(after)
  })

  test('the public checkpoint moves by itself at its cadence', async () => {
    await reopen({ cadenceSeconds: 1 })
    const { size } = rootOf(await note())
    await expect.poll(() => seal.metrics().publicLeaves).toBeGreaterThan(size + 17)
    expect(recompute(files(), await note())).toMatchObject({ rootHolds: true, faults: [] })
  })

  test('after a restart the log goes on where it was, and old partial tiles are gone', async () => {
    await log.commit(300)
    await seal.publish()
    const before = await note()
    await reopen()
    expect(seal.standing()).toBe('ok')
    expect(await note()).toBe(before)
    const { label } = await commitRecording(log)
    await seal.whenSealed(label)
    await seal.publish()
    expect(recompute(files(), await note())).toMatchObject({ rootHolds: true, faults: [] })
    const partial = readdirSync(files(), { recursive: true }).filter(path => /\.p\/\d+$/.test(String(path)))
    // Entries and two levels, for the public size and at most one signed after it.
    expect(partial.length).toBeLessThanOrEqual(6)
  })
})
