import { beforeAll, describe, expect, test } from 'vitest'
import { refusal, someone } from '../testing/people.ts'
import { generateKey, publicKeyOf } from './keys.ts'
import { sha256 } from './crypto.node.ts'
import { PolicyRefused, groupMembers, groupMet, parsePolicy, quorumMet } from './policy.ts'

let log: string
let witnesses: readonly string[]

beforeAll(async () => {
  log = (await generateKey('example.com/log', 'ed25519')).vkey
  const names = ['X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3']
  witnesses = await Promise.all(names.map(async name => (await generateKey(name, 'cosignature-ed25519')).vkey))
})

/** The example of tlog-policy.md with keys in it. */
function example(): string {
  const [x1, x2, x3, y1, y2, y3] = witnesses
  return `log ${log}

witness X1 ${x1}
witness X2 ${x2}
witness X3 ${x3}
group X-witnesses 2 X1 X2 X3

witness Y1 ${y1}
witness Y2 ${y2}
witness Y3 ${y3}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`
}

describe('the example of the specification', () => {
  test('is read as it is meant', () => {
    const policy = parsePolicy(example())
    expect(policy.logs.map(key => key.vkey)).toEqual([log])
    expect([...policy.cosigners].map(([name, key]) => [name, key.vkey])).toEqual(
      ['X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3'].map((name, at) => [name, witnesses[at]]),
    )
    expect([...policy.groups]).toEqual([
      ['X-witnesses', { threshold: 2, members: ['X1', 'X2', 'X3'] }],
      ['Y-witnesses', { threshold: 1, members: ['Y1', 'Y2', 'Y3'] }],
      ['X-and-Y', { threshold: 2, members: ['X-witnesses', 'Y-witnesses'] }],
    ])
    expect(policy.quorum).toBe('X-and-Y')
    expect(policy.text).toBe(example())
  })

  test.each([
    ['X1 X2 Y1', true],
    ['X1 X3 Y3', true],
    ['X1 X2 X3 Y1 Y2 Y3', true],
    ['X1 Y1 Y2 Y3', false],
    ['X1 X2 X3', false],
    ['Y1', false],
    ['', false],
    ['X-witnesses Y-witnesses', false],
    ['X-and-Y', false],
    ['x1 x2 y1', false],
  ])('with cosignatures of %j is met: %j', (names, met) => {
    expect(quorumMet(parsePolicy(example()), new Set(names.split(' ')))).toBe(met)
  })

  test('has the members of groups within groups', () => {
    const policy = parsePolicy(example())
    expect([...groupMembers(policy, 'X-and-Y')]).toEqual(['X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3'])
    expect([...groupMembers(policy, 'Y-witnesses')]).toEqual(['Y1', 'Y2', 'Y3'])
    expect([...groupMembers(policy, 'X1')]).toEqual([])
    expect([...groupMembers(policy, 'nobody')]).toEqual([])
    expect(groupMet(policy, 'Y-witnesses', new Set(['Y2']))).toBe(true)
    expect(groupMet(policy, 'Y-witnesses', new Set(['X1']))).toBe(false)
    expect(groupMet(policy, 'nobody', new Set(['Y2']))).toBe(false)
    expect(groupMet(policy, 'Y2', new Set(['Y2']))).toBe(true)
  })
})

describe('a policy', () => {
  test('needs no logs and no witnesses, and its quorum may be none', () => {
    const policy = parsePolicy('quorum none\n')
    expect(policy).toMatchObject({ logs: [], quorum: null })
    expect(quorumMet(policy, new Set())).toBe(true)
  })

  test('may rest on one witness', () => {
    const policy = parsePolicy(`witness w ${witnesses[0]}\nquorum w\n`)
    expect(quorumMet(policy, new Set(['w']))).toBe(true)
    expect(quorumMet(policy, new Set(['X1']))).toBe(false)
  })

  test('may have spaces, tabs, empty lines, comments, addresses, and no newline at the end', () => {
    const text = `\n# comment\n\t # another log\n\twitness \t w1  ${witnesses[0]}   https://w1.example/  \n \t\nlog ${log} https://log.example\n  quorum\tw1`
    const policy = parsePolicy(text)
    expect([...policy.cosigners.keys()]).toEqual(['w1'])
    expect(policy.urls.get(witnesses[0]!)).toBe('https://w1.example/')
    expect(policy.urls.get(log)).toBe('https://log.example')
  })

  test('takes any name but none, and does not mix up letters that look alike', () => {
    const [a, b, c] = witnesses
    const policy = parsePolicy(
      `witness all ${a}\nwitness K ${b}\nwitness \u{212a} ${c}\ngroup group 2 all \u{212a}\nquorum group\n`,
    )
    expect(quorumMet(policy, new Set(['all', 'K']))).toBe(false)
    expect(quorumMet(policy, new Set(['all', '\u{212a}']))).toBe(true)
  })

  test('takes ML-DSA-44 keys for logs and witnesses', async () => {
    const [logKey, witness] = [await generateKey('log', 'ml-dsa-44'), await generateKey('w', 'cosignature-ml-dsa-44')]
    const policy = parsePolicy(`log ${log}\nlog ${logKey.vkey}\nwitness w ${witness.vkey}\nquorum w\n`)
    expect(policy.logs.map(key => key.kind)).toEqual(['ed25519', 'cosignature-ml-dsa-44'])
  })

  test('counts a group once, however many of its members signed', () => {
    const [a, b, c, d] = witnesses
    const text = `witness a ${a}\nwitness b ${b}\nwitness c ${c}\nwitness d ${d}\ngroup g any a b c\ngroup q 2 g d\nquorum q\n`
    expect(quorumMet(parsePolicy(text), new Set(['a', 'b', 'c']))).toBe(false)
    expect(quorumMet(parsePolicy(text), new Set(['c', 'd']))).toBe(true)
  })

  test('may have a thousand groups, one within the other', () => {
    const nest = Array.from({ length: 1000 }, (_, at) => `group g${at + 1} all ${at === 0 ? 'w' : `g${at}`}\n`)
    const policy = parsePolicy(`witness w ${witnesses[0]}\n${nest.join('')}quorum g1000\n`)
    expect(quorumMet(policy, new Set(['w']))).toBe(true)
    expect([...groupMembers(policy, 'g1000')]).toEqual(['w'])
  })
})

describe('a policy is refused, with the number of the line', () => {
  const cases: readonly (readonly [string, number, () => string])[] = [
    ['character', 2, () => 'quorum none\n\u{1}'],
    ['character', 1, () => 'quorum none\r\n'],
    ['character', 1, () => 'quorum\u{7f} none\n'],
    ['keyword', 1, () => 'quibble w1\nquorum none\n'],
    ['keyword', 1, () => '\u{feff}quorum none\n'],
    ['keyword', 1, () => 'Quorum none\n'],
    ['items', 2, () => `quorum none\nlog\n`],
    ['items', 1, () => `log ${log} https://a # comment\nquorum none\n`],
    ['items', 1, () => `witness w1 ${witnesses[0]} https://a # comment\nquorum w1\n`],
    ['items', 1, () => 'witness w1\nquorum none\n'],
    ['items', 2, () => `witness w ${witnesses[0]}\ngroup g 1\nquorum w\n`],
    ['items', 1, () => 'group\n'],
    ['items', 1, () => 'quorum\n'],
    ['items', 1, () => 'quorum none none\n'],
    ['key', 1, () => 'log garbage\nquorum none\n'],
    ['key', 1, () => `log ${log.slice(0, -4)}\nquorum none\n`],
    ['key', 1, () => 'witness w name+00000000+AgEC\nquorum none\n'],
    ['key-kind', 1, () => `log ${witnesses[0]}\nquorum none\n`],
    ['key-kind', 1, () => `witness w ${log}\nquorum none\n`],
    ['duplicate-key', 2, () => `log ${log}\nlog ${log} https://a\nquorum none\n`],
    ['duplicate-key', 2, () => `witness a ${witnesses[0]}\nwitness b ${witnesses[0]}\nquorum a\n`],
    ['duplicate-name', 1, () => `witness none ${witnesses[0]}\nquorum none\n`],
    ['duplicate-name', 2, () => `witness w ${witnesses[0]}\ngroup none any w\nquorum none\n`],
    ['duplicate-name', 2, () => `witness w ${witnesses[0]}\nwitness w ${witnesses[1]}\nquorum w\n`],
    ['duplicate-name', 2, () => `witness w ${witnesses[0]}\ngroup w any w\nquorum w\n`],
    ['unknown-name', 2, () => `witness w ${witnesses[0]}\ngroup g any x\nquorum g\n`],
    ['unknown-name', 1, () => `group g any w\nwitness w ${witnesses[0]}\nquorum g\n`],
    ['unknown-name', 2, () => `witness w ${witnesses[0]}\ngroup g any g\nquorum g\n`],
    ['unknown-name', 2, () => `witness w ${witnesses[0]}\ngroup g any none w\nquorum g\n`],
    ['unknown-name', 1, () => `quorum w\nwitness w ${witnesses[0]}\n`],
    ['member-twice', 2, () => `witness w ${witnesses[0]}\ngroup g all w w\nquorum g\n`],
    ['member-twice', 3, () => `witness w ${witnesses[0]}\ngroup g any w\ngroup h any w\nquorum g\n`],
    ['threshold', 2, () => `witness w ${witnesses[0]}\ngroup g 0 w\nquorum g\n`],
    ['threshold', 2, () => `witness w ${witnesses[0]}\ngroup g 2 w\nquorum g\n`],
    ['threshold', 2, () => `witness w ${witnesses[0]}\ngroup g -1 w\nquorum g\n`],
    ['threshold', 2, () => `witness w ${witnesses[0]}\ngroup g 01 w\nquorum g\n`],
    ['threshold', 2, () => `witness w ${witnesses[0]}\ngroup g ANY w\nquorum g\n`],
    ['second-quorum', 2, () => 'quorum none\nquorum none\n'],
    ['no-quorum', 0, () => ''],
    ['no-quorum', 0, () => `log ${log}\n# quorum none\n`],
    ['too-long', 0, () => '#'.repeat(5_000_000)],
    [
      'too-many',
      1025,
      () =>
        `witness w ${witnesses[0]}\n${Array.from({ length: 1025 }, (_, at) => `group g${at} any ${at ? `g${at - 1}` : 'w'}\n`).join('')}`,
    ],
  ]

  test.each(cases)('%s, line %d', async (code, line, text) => {
    const refused = await refusal(() => parsePolicy(text()))
    expect(refused).toBeInstanceOf(PolicyRefused)
    expect(refused).toMatchObject({ code, line })
  })

  test('for the same public key under another name, which would let one witness count twice', async () => {
    const { key, vkey } = await someone('one', 'cosignature-ed25519')
    const impostor = vkeyOf('other', publicKeyOf(key))
    const refused = await refusal(() => parsePolicy(`witness a ${vkey}\nwitness b ${impostor}\nquorum a\n`))
    expect(refused).toMatchObject({ code: 'duplicate-key', line: 2 })
  })

  test('for two keys that a signature line could not tell apart', async () => {
    const [one, other] = [6094, 23_356].map(number => {
      const raw = new Uint8Array(32)
      new DataView(raw.buffer).setUint32(28, number)
      return vkeyOf('w', raw)
    })
    expect(one?.slice(0, 11)).toBe(other?.slice(0, 11))
    const refused = await refusal(() => parsePolicy(`witness a ${one}\nwitness b ${other}\nquorum a\n`))
    expect(refused).toMatchObject({ code: 'duplicate-key', line: 2 })
  })
})

/** The verifier key of an Ed25519 cosigner, put together by hand. */
function vkeyOf(name: string, raw: Uint8Array): string {
  const material = Buffer.concat([Buffer.from([4]), raw])
  const id = Buffer.from(sha256(Buffer.concat([Buffer.from(`${name}\n`), material]))).toString('hex', 0, 4)
  return `${name}+${id}+${material.toString('base64')}`
}
