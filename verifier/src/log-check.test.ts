import { expect, test } from 'vitest'
import { concat } from '@vidne/evidence/bytes'
import { mapRootLeaf, statementLeaf } from '@vidne/evidence/leaf'
import { generateKey, parseVerifierKey, signerFromKey } from '@vidne/tlog/keys'
import { openNote } from '@vidne/tlog/note'
import { bundlePath, tilePath } from '@vidne/tlog/tiles'
import { checkLog, cosignLog, type LogFinding } from './log-check.ts'
import { proveConsistency } from './log-prove.ts'
import { BuiltLog, event, logKey, mapRootAfter, opening, ORIGIN, soundLeaves } from './testing/built-log.ts'

const { signer, key } = await logKey()
const keys = [key]

async function findingsOf(leaves: Uint8Array[]): Promise<readonly LogFinding[]> {
  const source = await BuiltLog.of(leaves, signer)
  return (await checkLog({ source, keys })).findings
}

test('a log that is what it says is found sound, at every size from nothing but its opening on', async () => {
  for (const events of [0, 1, 255, 256, 700]) {
    const leaves = soundLeaves(events)
    const verdict = await checkLog({ source: await BuiltLog.of(leaves, signer), keys })
    expect(verdict).toMatchObject({
      sound: true,
      origin: ORIGIN,
      size: leaves.length,
      events,
      statements: 1,
      findings: [],
    })
  }
})

test('a large log is checked on three levels of tiles', async () => {
  const leaves = [opening(), ...Array.from({ length: 66_000 }, (_, number) => event(number))]
  const source = await BuiltLog.of(leaves, signer)
  expect(await checkLog({ source, keys })).toMatchObject({ sound: true, size: 66_001 })
  const bytes = source.files.get(tilePath(1, 0, 256))!
  bytes[0]! ^= 1
  expect((await checkLog({ source, keys })).findings).toEqual([{ fault: 'tile-differs', where: 'tile 1/0' }])
})

test('a second event under one label is found, wherever it stands', async () => {
  const leaves = soundLeaves(300)
  const twice = concat(event(7).subarray(0, 33), event(8).subarray(33))
  expect(await findingsOf([...leaves, twice])).toEqual([{ fault: 'label-twice', where: `leaf ${leaves.length}` }])
})

test('a map root that hides an event is found', async () => {
  const hidden = event(5)
  const leaves = [opening(), event(1), hidden]
  const lie = mapRootLeaf(mapRootAfter([opening(), event(1)]).subarray(1, 33), 3)
  expect(await findingsOf([...leaves, lie])).toEqual([{ fault: 'map-root-wrong', where: 'leaf 3' }])
})

test('a map root that hides an event is found, though the later ones are right', async () => {
  const leaves = [opening(), event(1), event(2)]
  const lie = mapRootLeaf(mapRootAfter([opening(), event(1)]).subarray(1, 33), 3)
  const later = [...leaves, lie, event(3)]
  const found = await findingsOf([...later, mapRootAfter(later)])
  expect(found).toEqual([{ fault: 'map-root-wrong', where: 'leaf 3' }])
})

test('a map root over another size than all before it is found', async () => {
  const leaves = [opening(), event(1)]
  const early = mapRootAfter(leaves)
  expect(await findingsOf([...leaves, event(2), early])).toEqual([{ fault: 'map-root-wrong', where: 'leaf 3' }])
})

test.each([
  ['an unknown kind', Uint8Array.of(9, 1)],
  ['an event that is too long', concat(event(1), Uint8Array.of(0))],
  ['nothing', new Uint8Array(0)],
  [
    'a statement that is not canonical',
    concat(statementLeaf({ type: 'deletion-run', v: 1, at: 1, counts: [] }), Uint8Array.of(32)),
  ],
])('a leaf that is %s is found', async (_, leaf) => {
  expect((await findingsOf([opening(), leaf]))[0]).toMatchObject({ fault: 'leaf-malformed' })
})

test.each([
  ['does not begin with its opening', [event(1)], 'leaf 0'],
  ["begins with another log's opening", [opening('other.example.org')], 'leaf 0'],
  ['opens twice', [opening(), opening()], 'leaf 1'],
  [
    'says late that it continues another',
    [
      opening(),
      event(1),
      statementLeaf({
        type: 'log-continued',
        v: 1,
        previous: { origin: 'old', size: 1, root: 'ab'.repeat(32) },
        at: 1,
      }),
    ],
    'leaf 2',
  ],
])('a log that %s is found', async (_, leaves, where) => {
  expect(await findingsOf(leaves)).toEqual([{ fault: 'opening-wrong', where }])
})

test('a changed leaf, a missing bundle and a torn bundle are told apart', async () => {
  const source = await BuiltLog.of(soundLeaves(600), signer)
  const path = bundlePath(1, 256)
  const whole = source.files.get(path)!
  source.files.set(path, whole.with(100, whole[100]! ^ 1))
  const faults = (await checkLog({ source, keys })).findings.map(finding => finding.fault)
  expect(faults).toContain('tile-differs')
  expect(faults).toContain('root-differs')
  source.files.set(path, whole.subarray(1))
  expect((await checkLog({ source, keys })).findings).toEqual([{ fault: 'bundle-damaged', where: 'bundle 1' }])
  source.files.delete(path)
  expect((await checkLog({ source, keys })).findings).toEqual([{ fault: 'bundle-missing', where: 'bundle 1' }])
})

test('a log without a key the checker trusts is never sound, and is checked all the same', async () => {
  const other = await logKey()
  const source = await BuiltLog.of(soundLeaves(10), signer)
  const verdict = await checkLog({ source, keys: [other.key] })
  expect(verdict).toMatchObject({
    sound: false,
    consistent: true,
    size: 12,
    findings: [{ fault: 'signer-unknown' }],
  })
  source.files.get(tilePath(0, 0, 12))![5]! ^= 1
  expect(await checkLog({ source, keys: [] })).toMatchObject({ sound: false, consistent: false })
})

test('a witness or a neighbour cannot speak for the log', async () => {
  const neighbour = await generateKey('neighbour.example.org', 'ed25519')
  const source = await BuiltLog.of(soundLeaves(10), await signerFromKey(neighbour.skey))
  const forged = (await source.checkpoint()).replace('neighbour.example.org\n', `${ORIGIN}\n`)
  const verdict = await checkLog({ source, keys: [parseVerifierKey(neighbour.vkey), key], checkpoint: forged })
  expect(verdict.sound).toBe(false)
})

test('a log that does not begin with an earlier checkpoint has forked', async () => {
  const leaves = soundLeaves(300)
  const [honest, source] = [await BuiltLog.of(leaves, signer), await BuiltLog.of(leaves.with(5, event(999)), signer)]
  const earlier = [await honest.checkpoint(100), await honest.checkpoint(200)]
  expect(await checkLog({ source: honest, keys, earlier })).toMatchObject({ sound: true })
  const faults = (await checkLog({ source, keys, earlier })).findings
  expect(faults.filter(finding => finding.fault === 'forked')).toHaveLength(2)
  const shorter = await BuiltLog.of(leaves.slice(0, 50), signer)
  expect((await checkLog({ source: shorter, keys, earlier: [earlier[0]!] })).findings[0]?.fault).toBe('forked')
})

test('a map-checker cosigns what it has found sound, and nothing else', async () => {
  const checker = await generateKey('checker.example.org', 'cosignature-ed25519')
  const cosigner = await signerFromKey(checker.skey)
  const sound = await checkLog({ source: await BuiltLog.of(soundLeaves(20), signer), keys })
  const note = await cosignLog(sound, cosigner)
  expect((await openNote(note, [key, parseVerifierKey(checker.vkey)])).signedBy).toHaveLength(2)
  const unsound = await checkLog({ source: await BuiltLog.of([opening(), event(1), event(1)], signer), keys })
  await expect(cosignLog(unsound, cosigner)).rejects.toThrow(RangeError)
})

test('two checkpoints of one log are proven consistent, in either order', async () => {
  const source = await BuiltLog.of(soundLeaves(600), signer)
  const notes = [await source.checkpoint(77), await source.checkpoint()] as const
  const proven = await proveConsistency([notes[1], notes[0]], { source, keys })
  expect(proven).toMatchObject({ consistent: true, oldSize: 77, newSize: source.leaves.length })
  expect(await proveConsistency([notes[0], notes[0]], { source, keys })).toMatchObject({ consistent: true, proof: [] })
})

test('two checkpoints that do not belong together are told apart by why', async () => {
  const leaves = soundLeaves(600)
  const [source, fork] = [await BuiltLog.of(leaves, signer), await BuiltLog.of(leaves.with(9, event(999)), signer)]
  const [ours, theirs, longer] = [await source.checkpoint(77), await fork.checkpoint(77), await source.checkpoint()]
  const because = async (a: string, b: string, at: BuiltLog = source): Promise<unknown> => {
    const proven = await proveConsistency([a, b], { source: at, keys })
    return proven.consistent ? 'consistent' : proven.because
  }
  expect(await because(ours, theirs)).toBe('forked')
  expect(await because(theirs, longer)).toBe('forked')
  expect(await because(ours, 'no note')).toBe('unreadable')
  expect(await because(ours, longer.replace(/\n(\d+)\n/, '\n999\n'))).toBe('signature-wrong')
  const other = await logKey()
  expect(await because(ours, await (await BuiltLog.of(leaves, other.signer)).checkpoint())).toBe('signer-unknown')
  expect(await because(ours, longer, await BuiltLog.of(leaves.slice(0, 80), signer))).toBe('tiles-missing')
  expect(
    await because(
      ours,
      longer,
      await BuiltLog.of(
        Array.from(leaves, (_, at) => event(at + 5000)),
        signer,
      ),
    ),
  ).toBe('tiles-differ')
})
