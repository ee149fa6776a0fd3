import {
  TEST_LOG_SKEY,
  TEST_LOG_VKEY,
  TEST_ORIGIN,
  TEST_START,
  TEST_WITNESS_SKEY,
} from '@vidne/evidence/testing/small-log'
import { addSignatures, parseNote } from '@vidne/tlog/note'
import { formatSignatureLine } from '@vidne/tlog/note'
import { expect, test } from 'vitest'
import { MAP_CHECKER_SKEY, SampleLog } from './testing/sample-log.ts'
import { TRUST } from './testing/sample-package.ts'
import { keyOf, openCheckpoint, readTrust } from './trust.ts'
import { findings } from './verdict.ts'

const log = new SampleLog(TEST_ORIGIN, 'trust')
log.appendFillers(10)

async function opened(text: string | undefined, note: string, ownKey: string | null = null) {
  const found = findings()
  const trust = readTrust(text, found)
  const vouched = await openCheckpoint(note, { trust, ownKey }, 'log/checkpoint', found)
  return { vouched, trust, reasons: found.reasons.map(({ code }) => code) }
}

test('whose trust file it is, is told by its line, wherever it stands', () => {
  const issued = (text: string) => readTrust(text, findings())?.issuedByOperator
  expect(issued(TRUST)).toBe(false)
  expect(issued(`# Issued by the operator of this log.\n${TRUST}`)).toBe(true)
  expect(issued(`# Ours.\n# Issued by the operator of this log.\r\n${TRUST}`.replace('\r', ''))).toBe(true)
})

test('a checkpoint was seen when the first countersigner saw it, however often it is signed again', async () => {
  const first = await log.checkpoint([TEST_LOG_SKEY, TEST_WITNESS_SKEY], TEST_START)
  const again = parseNote(await log.checkpoint([MAP_CHECKER_SKEY], TEST_START + 9_000_000)).signatures
  const { vouched } = await opened(TRUST, addSignatures(first, again.map(formatSignatureLine)))
  expect(vouched).toMatchObject({
    countersigned: ['press', 'mapper'],
    seen: { at: TEST_START, by: 'press' },
    mapChecked: true,
    byTrustedLog: true,
  })
})

test('as many map-checkers are needed as the trust file says', async () => {
  const note = await log.checkpoint([TEST_LOG_SKEY, MAP_CHECKER_SKEY], TEST_START)
  const two = TRUST.replace('group map-checkers any mapper', 'group map-checkers all mapper press')
  expect((await opened(TRUST, note)).vouched?.mapChecked).toBe(true)
  expect((await opened(two, note)).vouched?.mapChecked).toBe(false)
  expect((await opened(TRUST.replaceAll('map-checkers', 'others'), note)).vouched?.mapChecked).toBe(false)
})

test('without a trust file only the key the package names is tried, and it vouches for nothing', async () => {
  const note = await log.checkpoint([TEST_LOG_SKEY, TEST_WITNESS_SKEY], TEST_START)
  const { vouched, reasons } = await opened(undefined, note, TEST_LOG_VKEY)
  expect(reasons).toEqual(['no-trust-file'])
  expect(vouched).toMatchObject({ byTrustedLog: false, countersigned: [], seen: null, mapChecked: false })
  expect(keyOf(vouched)?.origin).toBe(TEST_ORIGIN)
  for (const key of [null, 'not a key']) {
    const none = await opened(undefined, note, key)
    expect(none.reasons).toEqual(['no-trust-file', 'signature-wrong'])
    expect(keyOf(none.vouched)).toBe(null)
  }
})

test('an empty trust file trusts nobody', async () => {
  const note = await log.checkpoint([TEST_LOG_SKEY], TEST_START)
  expect((await opened('', note, TEST_LOG_VKEY)).reasons).toEqual(['trust-file-unreadable'])
  expect((await opened('quorum none\n', note)).reasons).toEqual(['log-unknown'])
})
