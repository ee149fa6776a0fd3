import fc from 'fast-check'
import { formatProof, parseProof, ProofRefused } from '@vidne/tlog/proof'
import { parsePolicy } from '@vidne/tlog/policy'
import { beforeAll, describe, expect, test } from 'vitest'
import { fromHex, fromUtf8, utf8 } from './bytes.ts'
import { sha256 } from './crypto.node.ts'
import { captureId } from './event.ts'
import { canonicalize } from './jcs.ts'
import { checkReceipt, formatReceipt, parseReceipt } from './receipt.ts'
import type { Receipt } from './receipt.ts'
import { FormatRefused } from './shape.ts'
import { mutated } from './testing/arbitrary.ts'
import { sampleMedia } from './testing/sample-dossier.ts'
import { sampleReceipt } from './testing/sample-receipt.ts'
import {
  OTHER_LOG_SKEY,
  OTHER_LOG_VKEY,
  TEST_LOG_SKEY,
  TEST_LOG_VKEY,
  TEST_ORIGIN,
  TEST_POLICY,
  TEST_WITNESS_SKEY,
} from './testing/small-log.ts'

const policy = parsePolicy(TEST_POLICY)
const media = sampleMedia()
const expected = { bytes: media.length, sha256: sha256(media) }

let receipt: Receipt
let text: string
beforeAll(async () => {
  ;({ receipt, text } = await sampleReceipt('receipt'))
})

const because = async (shown: string) => {
  const verdict = await checkReceipt({ text: shown, policy, expected })
  return verdict.holds ? 'holds' : verdict.because
}
/** The receipt with another extra, as an attacker who holds no key could write it. */
const withExtra = (change: (extra: string) => string) => {
  const proof = parseProof(text)
  return formatProof({ ...proof, extra: utf8(change(fromUtf8(proof.extra!))) })
}

describe('a receipt', () => {
  test('holds for the very file, and says which log vouches and how large it was', async () => {
    const verdict = await checkReceipt({ text, policy, expected })
    expect(verdict).toMatchObject({ holds: true, origin: TEST_ORIGIN, size: 11, countersigned: [], receipt })
    expect(await checkReceipt({ text, policy })).toMatchObject({ holds: true })
  })

  test('names the countersigners it already has, as the trust policy calls them', async () => {
    const { text: cosigned } = await sampleReceipt('receipt', { skeys: [TEST_LOG_SKEY, TEST_WITNESS_SKEY] })
    expect(await checkReceipt({ text: cosigned, policy, expected })).toMatchObject({ countersigned: ['press'] })
  })

  test('comes back from its text', () => {
    expect(parseReceipt(text)).toEqual(receipt)
    expect(formatReceipt(parseReceipt(text))).toBe(text)
  })
})

describe('a receipt is no reason to wipe a camera', () => {
  test('when the file is longer, shorter or other than the one sealed', async () => {
    const check = async (wrong: { bytes: number; sha256: Uint8Array }) => {
      const verdict = await checkReceipt({ text, policy, expected: wrong })
      return verdict.holds ? 'holds' : verdict.because
    }
    expect(await check({ ...expected, bytes: expected.bytes + 1 })).toBe('other-length')
    expect(await check({ ...expected, sha256: sha256(media.with(5, media[5]! ^ 1)) })).toBe('other-digest')
  })

  test('when it is of another recording: the manifest was put in its place', async () => {
    const { receipt: other } = await sampleReceipt('another')
    expect(await because(formatReceipt({ ...receipt, manifest: other.manifest }))).toBe('other-recording')
  })

  test('when length and digest were changed to fit', async () => {
    const manifest = { ...receipt.manifest, sha256: '00'.repeat(32) }
    expect(await because(formatReceipt({ ...receipt, manifest }))).toBe('other-recording')
    const core = { ...receipt.event.core, prev: Buffer.from(captureId(manifest)).toString('hex') }
    expect(await because(formatReceipt({ ...receipt, manifest, event: { ...receipt.event, core } }))).toBe('not-in-log')
  })

  test('when a salt, a time or the place in the log was changed', async () => {
    const { event } = receipt
    expect(await because(formatReceipt({ ...receipt, event: { ...event, salt: '00'.repeat(32) } }))).toBe('not-in-log')
    const later = { ...event, core: { ...event.core, at: event.core.at + 1 } }
    expect(await because(formatReceipt({ ...receipt, event: later }))).toBe('not-in-log')
    expect(await because(formatReceipt({ ...receipt, index: receipt.index - 1 }))).toBe('not-in-log')
    expect(await because(formatReceipt({ ...receipt, hashes: receipt.hashes.slice(1) }))).toBe('not-in-log')
    expect(await because(formatReceipt({ ...receipt, hashes: [] }))).toBe('not-in-log')
  })

  test('when the log signed it with a key nobody trusts, or another log that is trusted signed for it', async () => {
    const { text: foreign } = await sampleReceipt('receipt', { origin: 'vidne.example/other', skeys: [OTHER_LOG_SKEY] })
    expect(await because(foreign)).toBe('signer-unknown')
    const { text: onlyWitness } = await sampleReceipt('receipt', { skeys: [TEST_WITNESS_SKEY] })
    expect(await because(onlyWitness)).toBe('signer-unknown')
    const both = parsePolicy(`log ${TEST_LOG_VKEY}\nlog ${OTHER_LOG_VKEY}\nquorum none\n`)
    const { text: crossed } = await sampleReceipt('receipt', { skeys: [OTHER_LOG_SKEY] })
    expect(await checkReceipt({ text: crossed, policy: both })).toEqual({ holds: false, because: 'signer-unknown' })
  })

  test('when the checkpoint was changed after signing', async () => {
    const larger = receipt.checkpoint.replace('\n11\n', '\n12\n')
    expect(larger).not.toBe(receipt.checkpoint)
    expect(await because(formatReceipt({ ...receipt, checkpoint: larger }))).toBe('signature-wrong')
  })

  test('when the event was made for another log', async () => {
    const { text: moved } = await sampleReceipt('receipt', { eventOrigin: 'vidne.example/other' })
    expect(await because(moved)).toBe('other-log')
  })

  test('when the event is not the sealing', async () => {
    expect(await because((await sampleReceipt('receipt', { type: 'viewed' })).text)).toBe('not-the-first-event')
    expect(await because((await sampleReceipt('receipt', { seq: 1 })).text)).toBe('not-the-first-event')
  })

  test('when it is from a rehearsal installation, unless that is accepted', async () => {
    const { receipt: rehearsed, text: shown } = await sampleReceipt('receipt', { mode: 'rehearsal' })
    expect(await because(shown)).toBe('rehearsal')
    const accepted = await checkReceipt({ text: shown, policy, expected, rehearsal: true })
    expect(accepted).toMatchObject({ holds: true, receipt: { opened: { statement: { mode: 'rehearsal' } } } })
    // It is told last: who asks for no more than that knows that nothing else speaks against it.
    const spoiled = formatReceipt({ ...rehearsed, event: { ...rehearsed.event, salt: '00'.repeat(32) } })
    expect(await because(spoiled)).toBe('not-in-log')
    const longer = await checkReceipt({ text: shown, policy, expected: { ...expected, bytes: expected.bytes + 1 } })
    expect(longer).toEqual({ holds: false, because: 'other-length' })
  })

  test('when what it says of its log is not what the log begins with, whether a rehearsal is accepted or not', async () => {
    const { receipt: rehearsed } = await sampleReceipt('receipt', { mode: 'rehearsal' })
    const { text: elsewhere } = await sampleReceipt('receipt', { openedOrigin: 'vidne.example/other' })
    const { opened } = rehearsed
    const { statement, hashes } = opened
    const openings = [
      { ...opened, statement: { ...statement, mode: 'normal' as const } },
      { ...opened, statement: { ...statement, at: statement.at + 1 } },
      { ...opened, hashes: hashes.slice(1) },
      { ...opened, hashes: hashes.slice(0, -1) },
      { ...opened, hashes: [...hashes, hashes[0]!] },
      { ...opened, hashes: [] },
      receipt.opened,
    ]
    const shown = [elsewhere, ...openings.map(other => formatReceipt({ ...rehearsed, opened: other }))]
    for (const rehearsal of [true, false])
      for (const changed of shown) {
        const verdict = await checkReceipt({ text: changed, policy, expected, rehearsal })
        expect(verdict).toEqual({ holds: false, because: 'opening-wrong' })
      }
  })

  test('when its opening is another statement, has too many hashes, or is not there', async () => {
    const opening = /"opened":\{"hashes":\[[^\]]*\],"statement":\{.*?\}\},/
    expect(await because(withExtra(extra => extra.replace(opening, '')))).toBe('not-a-receipt')
    const hashes = `"hashes":[${Array(65)
      .fill(`"${'00'.repeat(32)}"`)
      .join()}]`
    expect(await because(withExtra(extra => extra.replace(/"hashes":\[[^\]]*\]/, hashes)))).toBe('not-a-receipt')
    expect(await because(withExtra(extra => extra.replace(/"hashes":\[/, '"hashes":["0",')))).toBe('not-a-receipt')
    const other = canonicalize({ type: 'deletion-run', v: 1, at: 3, counts: [] })
    expect(await because(withExtra(extra => extra.replace(/"statement":\{.*?\}(?=\},)/, `"statement":${other}`)))).toBe(
      'not-a-receipt',
    )
  })

  test('when a field in it is not what was sealed', async () => {
    expect(await because(withExtra(extra => extra.replace('BC-0417', 'BC-0418')))).toBe('not-a-receipt')
  })

  test('when it is another kind of proof, has members nobody knows, or is no proof at all', async () => {
    expect(await because(withExtra(extra => extra.replace('"kind":"receipt"', '"kind":"promise"')))).toBe(
      'not-a-receipt',
    )
    expect(await because(withExtra(extra => extra.replace('"kind"', '"hint":1,"kind"')))).toBe('not-a-receipt')
    expect(await because(withExtra(extra => extra.replace(/"v":1}$/, '"v":2}')))).toBe('not-a-receipt')
    expect(await because(withExtra(() => '{}'))).toBe('not-a-receipt')
    expect(await because(formatProof({ ...parseProof(text), extra: null }))).toBe('not-a-receipt')
    expect(await because(formatProof({ ...parseProof(text), extra: Uint8Array.of(0xff) }))).toBe('not-a-receipt')
    for (const nothing of ['', 'x', '{}', text.slice(0, -1), text.slice(1)]) {
      expect(await because(nothing)).toBe('unreadable')
    }
  })

  test('whatever is changed in it: it holds only as it was, and checking never throws', async () => {
    await fc.assert(
      fc.asyncProperty(mutated(text), async changed => {
        const verdict = await checkReceipt({ text: changed, policy, expected })
        if (verdict.holds) expect(verdict.receipt).toEqual(receipt)
      }),
      { numRuns: 1500 },
    )
  })

  test('whatever is changed in one from a rehearsal, or in what it says of its log: it never holds as evidence', async () => {
    const { text: shown } = await sampleReceipt('receipt', { mode: 'rehearsal' })
    const proof = parseProof(shown)
    const extra = fromUtf8(proof.extra!)
    const rewritten = mutated(extra)
      .filter(changed => changed !== '' && changed.isWellFormed())
      .map(changed => formatProof({ ...proof, extra: utf8(changed) }))
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated(shown), rewritten), async changed => {
        expect(await because(changed)).not.toBe('holds')
      }),
      { numRuns: 1500 },
    )
  })

  test('and reading it throws nothing but its refusals', () => {
    fc.assert(
      fc.property(fc.oneof(mutated(text), fc.string()), changed => {
        try {
          expect(formatReceipt(parseReceipt(changed))).toBe(changed)
        } catch (error) {
          if (!(error instanceof ProofRefused || error instanceof FormatRefused)) throw error
        }
      }),
      { numRuns: 1500 },
    )
  })
})

test('a digest in a manifest is the one a file gives', () => {
  expect(fromHex(receipt.manifest.sha256)).toEqual(expected.sha256)
})
