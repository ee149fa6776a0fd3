import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { hash } from '../testing/arbitraries.ts'
import { refusal, someone } from '../testing/people.ts'
import { formatCheckpoint } from './checkpoint.ts'
import { EMPTY_ROOT } from './merkle.ts'
import { signNote } from './note.ts'
import { ProofRefused, formatProof, parseProof } from './proof.ts'

const HASH = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
let checkpoint: string

beforeAll(async () => {
  const { signer } = await someone('log', 'ed25519')
  checkpoint = await signNote(formatCheckpoint({ origin: 'log', size: 9, root: EMPTY_ROOT, extensions: [] }), [signer])
})

describe('a proof', () => {
  test('is header, extra data, index, hashes, an empty line and the checkpoint as it stands', () => {
    const proof = { extra: new TextEncoder().encode('hello'), index: 8, hashes: [EMPTY_ROOT, EMPTY_ROOT], checkpoint }
    const text = `c2sp.org/tlog-proof@v1\nextra aGVsbG8=\nindex 8\n${HASH}\n${HASH}\n\n${checkpoint}`
    expect(formatProof(proof)).toBe(text)
    expect(parseProof(text)).toEqual(proof)
  })

  test('without extra data has no such line, and of the only entry no hashes', () => {
    const text = `c2sp.org/tlog-proof@v1\nindex 0\n\n${checkpoint}`
    expect(parseProof(text)).toEqual({ extra: null, index: 0, hashes: [], checkpoint })
    expect(formatProof(parseProof(text))).toBe(text)
  })

  test('comes back from its text', () => {
    const extra = fc.option(fc.uint8Array({ minLength: 1, maxLength: 500 }))
    const property = fc.property(
      extra,
      fc.nat({ max: 8 }),
      fc.array(hash, { maxLength: 64 }),
      (data, index, hashes) => {
        const proof = { extra: data, index, hashes, checkpoint }
        expect(parseProof(formatProof(proof))).toEqual(proof)
      },
    )
    fc.assert(property)
  })

  test.each([
    ['header', (text: string) => text.replace('@v1', '@v2')],
    ['header', (text: string) => ` ${text}`],
    ['header', (text: string) => text.replace('@v1\n', '@v1\r\n')],
    ['header', () => '\n\n'],
    ['extra', (text: string) => text.replace('extra aGVsbG8=', 'extra ')],
    ['extra', (text: string) => text.replace('extra aGVsbG8=', 'extra aGVsbG8')],
    ['extra', (text: string) => text.replace('extra aGVsbG8=', 'extra  aGVsbG8=')],
    ['index', (text: string) => text.replace('extra aGVsbG8=', 'extra aGVsbG8=\nextra aGVsbG8=')],
    ['index', (text: string) => text.replace('extra aGVsbG8=', 'extra')],
    ['index', (text: string) => text.replace('index 8\n', '')],
    ['index', (text: string) => text.replace('index 8', 'index 08')],
    ['index', (text: string) => text.replace('index 8', 'index -8')],
    ['index', (text: string) => text.replace('index 8', '8')],
    ['index', (text: string) => text.replace('index 8', 'index 9')],
    ['index', (text: string) => text.replace('index 8', 'index 9007199254740992')],
    ['hash', (text: string) => text.replace(HASH, HASH.replace('=', ''))],
    ['hash', (text: string) => text.replace(HASH, `${HASH} `)],
    ['hash', (text: string) => text.replace(HASH, 'AAAA')],
    ['hash', (text: string) => text.replace(`index 8\n`, `index 8\nindex 8\n`)],
    ['too-many-hashes', (text: string) => text.replace(HASH, `${`${HASH}\n`.repeat(64)}${HASH}`)],
    ['checkpoint', (text: string) => text.replace('\n\n', '\n')],
    ['checkpoint', (text: string) => text.replace('\n\n', '\n\n\n')],
    ['checkpoint', (text: string) => text.slice(0, -1)],
    ['checkpoint', (text: string) => text.replace('\n9\n', '\n09\n')],
    ['checkpoint', (text: string) => text.slice(0, text.indexOf('\n\n') + 2)],
  ])('is refused for its %s: case %#', async (code, spoil) => {
    const good = formatProof({ extra: new TextEncoder().encode('hello'), index: 8, hashes: [EMPTY_ROOT], checkpoint })
    const refused = await refusal(() => parseProof(spoil(good)))
    expect(refused).toBeInstanceOf(ProofRefused)
    expect(refused).toMatchObject({ code })
  })

  test('is not written in a way that could not be read back', async () => {
    const good = { extra: null, index: 0, hashes: [], checkpoint }
    for (const odd of [
      { extra: new Uint8Array(0) },
      { index: -1 },
      { index: 0.5 },
      { index: 9 },
      { hashes: [new Uint8Array(31)] },
      { hashes: Array.from({ length: 65 }, () => EMPTY_ROOT) },
      { checkpoint: 'nothing' },
    ]) {
      expect(await refusal(() => formatProof({ ...good, ...odd }))).toBeInstanceOf(ProofRefused)
    }
  })
})
