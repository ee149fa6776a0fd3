import { createHash } from 'node:crypto'
import { nameKey } from '../people/people.ts'

/** Names that Windows keeps for devices. */
const DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d)$/

const LONGEST = 60

const SPELLED: Readonly<Record<string, string>> = { æ: 'ae', ø: 'oe', å: 'aa', ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss' }

/**
 * The file in which a unit's policy stands: small letters, digits, hyphens and `_`, so that it is one file on every disk and lies
 * in no other folder. A name of which the file cannot keep every letter has the beginning of its digest behind it: two units
 * never share a file, and a unit has the same one in every agency.
 */
export function unitPolicyFile(unit: string): string {
  const key = nameKey(unit)
  const plain = /^[a-z0-9]+(?: [a-z0-9]+)*$/.test(key) && key.length <= LONGEST && !DEVICES.test(key)
  if (plain) return `policy/units/${key.replaceAll(' ', '-')}.json`
  const spelled = key.replace(/[æøåäöüß]/gu, letter => SPELLED[letter] ?? letter)
  const words = spelled
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .match(/[a-z0-9]+/g) ?? ['unit']
  const digest = createHash('sha256').update(key, 'utf8').digest('hex').slice(0, 16)
  return `policy/units/${words.join('-').slice(0, LONGEST)}_${digest}.json`
}
