import { expect, test } from 'vitest'
import { type Checked, checkedInWords } from './log-words.ts'

const log: Checked = {
  sound: false,
  origin: 'log.example',
  size: 119,
  checkpoint: '',
  events: 112,
  mapRoots: 5,
  statements: 2,
  findings: [],
}
const found = (...faults: string[]) => faults.map(fault => ({ fault, where: 'checkpoint', text: 'why' }))

test('a log whose signer is not known here is not called unsound for that alone', () => {
  const [said] = checkedInWords({ ...log, findings: found('signer-unknown') }, false)
  expect(said).toMatch(/^log\.example is consistent with itself; who vouches for it is not established\. 119 leaves/)
})

test('a log with another fault is not sound, whoever signed it', () => {
  expect(checkedInWords({ ...log, findings: found('signer-unknown', 'root-differs') }, false)).toEqual([
    'log.example is not sound. 119 leaves: 112 events, 5 map roots, 2 statements.',
    '  signer-unknown (checkpoint): why',
    '  root-differs (checkpoint): why',
  ])
})

test('a sound log is called so', () => {
  expect(checkedInWords({ ...log, sound: true }, true).at(-1)).toBe('Its checkpoint was countersigned.')
})
