import { beforeAll, describe, expect, test } from 'vitest'
import { MemoryLog } from '../testing/memory-log.ts'
import { someone } from '../testing/people.ts'
import type { Signatory } from '../testing/people.ts'
import { formatCheckpoint } from './checkpoint.ts'
import { treeRoot } from './merkle.ts'
import { addSignatures, signNote } from './note.ts'
import { parsePolicy } from './policy.ts'
import type { TrustPolicy } from './policy.ts'
import { formatProof } from './proof.ts'
import { inclusionProof } from './tiles.ts'
import { checkCheckpoint, checkProof } from './trusted-checkpoint.ts'

const ORIGIN = 'example.com/log'
const SIZE = 700
let log: Signatory
let lattice: Signatory
let anna: Signatory
let bo: Signatory
let policy: TrustPolicy
let tiles: MemoryLog
let text: string

beforeAll(async () => {
  log = await someone(ORIGIN, 'ed25519')
  lattice = await someone(ORIGIN, 'cosignature-ml-dsa-44')
  anna = await someone('anna.example', 'cosignature-ed25519', 5000_000)
  bo = await someone('bo.example', 'cosignature-ml-dsa-44', 6000_000)
  policy = parsePolicy(
    `log ${log.vkey}\nlog ${lattice.vkey}\nwitness anna ${anna.vkey}\nwitness bo ${bo.vkey}\ngroup both all anna bo\nquorum both\n`,
  )
  tiles = await MemoryLog.of(SIZE)
  text = formatCheckpoint({ origin: ORIGIN, size: SIZE, root: treeRoot(tiles.leafHashes), extensions: [] })
})

describe('a checkpoint', () => {
  test('signed by the log and cosigned by the quorum is trusted', async () => {
    const note = await signNote(text, [log.signer, lattice.signer, anna.signer, bo.signer])
    const verdict = await checkCheckpoint(note, policy)
    if (!verdict.holds) throw new Error(verdict.detail)
    expect(verdict.checkpoint).toMatchObject({ origin: ORIGIN, size: SIZE })
    expect(verdict.log.vkey).toBe(log.vkey)
    expect([...verdict.cosignedBy]).toEqual([
      ['anna', 5000],
      ['bo', 6000],
    ])
  })

  test('signed by the log with ML-DSA-44 alone is trusted by a policy that has that key', async () => {
    const note = await signNote(text, [lattice.signer])
    expect(await checkCheckpoint(note, parsePolicy(`log ${lattice.vkey}\nquorum none\n`))).toMatchObject({
      holds: true,
    })
    expect(await checkCheckpoint(note, parsePolicy(`log ${log.vkey}\nquorum none\n`))).toMatchObject({
      because: 'unknown-log',
    })
  })

  test('is not trusted without the quorum, and strangers do not stand in for it', async () => {
    const stranger = await someone('anna.example', 'cosignature-ed25519')
    const note = await signNote(text, [log.signer, bo.signer, stranger.signer])
    expect(await checkCheckpoint(note, policy)).toMatchObject({ holds: false, because: 'quorum-not-met' })
  })

  test('is not trusted without the log, however many cosigned it', async () => {
    const note = await signNote(text, [anna.signer, bo.signer])
    expect(await checkCheckpoint(note, policy)).toMatchObject({ holds: false, because: 'unknown-log' })
    const stranger = await someone(ORIGIN, 'ed25519')
    expect(await checkCheckpoint(await signNote(text, [stranger.signer]), policy)).toMatchObject({
      because: 'unknown-log',
    })
  })

  test('is not trusted when a known log signs under an origin that is not its own name', async () => {
    const other = text.replace(ORIGIN, 'example.com/other')
    const note = await signNote(other, [log.signer, anna.signer, bo.signer])
    expect(await checkCheckpoint(note, policy)).toMatchObject({ holds: false, because: 'unknown-log' })
  })

  test('is not trusted when any known key has a bad line on it', async () => {
    const note = await signNote(text, [log.signer, anna.signer, bo.signer])
    const elsewhere = await signNote(text.replace('700', '701'), [anna.signer])
    const spoiled = addSignatures(note, [elsewhere.slice(elsewhere.indexOf('—'))])
    expect(await checkCheckpoint(spoiled, policy)).toMatchObject({ holds: false, because: 'bad-signature' })
  })

  test('that is none is malformed', async () => {
    expect(await checkCheckpoint('nothing', policy)).toMatchObject({ holds: false, because: 'malformed' })
    const note = await signNote('just a note\n', [log.signer])
    expect(await checkCheckpoint(note, policy)).toMatchObject({ holds: false, because: 'malformed' })
  })
})

describe('a proof', () => {
  const prove = async (index: number): Promise<string> => {
    const checkpoint = await signNote(text, [log.signer, anna.signer, bo.signer])
    return formatProof({ extra: null, index, hashes: await inclusionProof(tiles, index, SIZE), checkpoint })
  }

  test('shows that a trusted log holds the entry', async () => {
    const verdict = await checkProof(await prove(321), tiles.leafHashes[321]!, policy)
    expect(verdict).toMatchObject({ holds: true, proof: { index: 321 }, checkpoint: { size: SIZE } })
  })

  test('shows nothing about another entry, or at another place', async () => {
    const proof = await prove(321)
    expect(await checkProof(proof, tiles.leafHashes[322]!, policy)).toMatchObject({
      holds: false,
      because: 'not-in-log',
    })
    const moved = proof.replace('index 321', 'index 322')
    expect(await checkProof(moved, tiles.leafHashes[321]!, policy)).toMatchObject({ because: 'not-in-log' })
  })

  test('shows nothing when its checkpoint is not trusted, or it cannot be read', async () => {
    const proof = await prove(3)
    const alone = parsePolicy(
      `log ${log.vkey}\nwitness w ${(await someone('w', 'cosignature-ed25519')).vkey}\nquorum w\n`,
    )
    expect(await checkProof(proof, tiles.leafHashes[3]!, alone)).toMatchObject({ because: 'quorum-not-met' })
    expect(await checkProof(proof.slice(1), tiles.leafHashes[3]!, policy)).toMatchObject({ because: 'malformed-proof' })
  })
})
