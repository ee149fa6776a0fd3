import { expect, test } from 'vitest'
import { type Checked, checkedInWords } from './log-words.ts'

const log: Checked = {
  sound: false,
  consistent: false,
  origin: 'log.example',
  size: 119,
  checkpoint: '',
  events: 112,
  mapRoots: 5,
  statements: 2,
  findings: [],
}
const found = (...faults: string[]) => faults.map(fault => ({ fault, where: 'checkpoint', text: 'why' }))

const given = { cosigned: false, keysGiven: true }

test('a log whose signer is not known here is not called unsound for that alone', () => {
  const checked = { ...log, consistent: true, findings: found('signer-unknown') }
  const [said, ...more] = checkedInWords(checked, given)
  expect(said).toMatch(/^log\.example is consistent with itself; who vouches for it is not established\. 119 leaves/)
  expect(more.join(' ')).not.toContain('was not checked')
})

test('a log that is checked without a trust file is said to be signed by nobody known', () => {
  const checked = { ...log, consistent: true, findings: found('signer-unknown') }
  expect(checkedInWords(checked, { ...given, keysGiven: false }).slice(1)).toEqual([
    'Every tile, the signed root and every map root were recomputed; no label comes twice.',
    expect.stringContaining(
      "Nobody's key was given (--trust FILE), so the signature on the checkpoint was not checked",
    ),
    '  signer-unknown (checkpoint): why',
  ])
})

test('a log with another fault is not sound, whoever signed it', () => {
  expect(checkedInWords({ ...log, findings: found('signer-unknown', 'root-differs') }, given)).toEqual([
    'log.example is not sound. 119 leaves: 112 events, 5 map roots, 2 statements.',
    '  signer-unknown (checkpoint): why',
    '  root-differs (checkpoint): why',
  ])
})

test('a sound log is called so', () => {
  const sound = { ...log, sound: true, consistent: true }
  expect(checkedInWords(sound, { ...given, cosigned: true }).at(-1)).toBe('Its checkpoint was countersigned.')
})
