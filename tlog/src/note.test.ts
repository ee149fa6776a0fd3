import { describe, expect, test } from 'vitest'
import { refusal, someone } from '../testing/people.ts'
import { encodeBase64 } from './base64.ts'
import {
  MAX_NOTE_BYTES,
  MAX_SIGNATURES,
  NoteRefused,
  addSignatures,
  formatNote,
  formatSignatureLine,
  openNote,
  parseNote,
  parseSignatureLine,
  signNote,
} from './note.ts'

const TEXT = 'a line\n'
const line = (name: string, bytes: readonly number[]): string => `— ${name} ${encodeBase64(new Uint8Array(bytes))}\n`
const SIGNATURE = line('a', [0, 0, 0, 1, 9])

describe('reading a note', () => {
  test('splits at the last blank line, so that the text may hold others', () => {
    const note = parseNote(`one\n\n— not a signature\n\nfour\n\n${SIGNATURE}`)
    expect(note.text).toBe('one\n\n— not a signature\n\nfour\n')
    expect(note.signatures).toEqual([{ name: 'a', keyId: 1, signature: new Uint8Array([9]) }])
  })

  test('reads the key ID as an unsigned big-endian number', () => {
    expect(parseSignatureLine(`— a ${encodeBase64(new Uint8Array([0xff, 0xfe, 0xfd, 0xfc, 7]))}`).keyId).toBe(
      0xfffefdfc,
    )
  })

  test('takes bytes as well as text, and keeps a byte order mark', () => {
    const note = `\u{feff}${TEXT}\n${SIGNATURE}`
    expect(parseNote(new TextEncoder().encode(note))).toEqual(parseNote(note))
    expect(parseNote(note).text.startsWith('\u{feff}')).toBe(true)
  })

  test.each([
    ['no-signatures', TEXT],
    ['no-signatures', `${TEXT}\n`],
    ['no-signatures', ''],
    ['no-signatures', `${TEXT}${SIGNATURE}`],
    ['bad-signature-line', `${TEXT}\n${SIGNATURE.slice(0, -1)}`],
    ['bad-signature-line', `${TEXT}\n- a AAAAAQk=\n`],
    ['bad-signature-line', `${TEXT}\n—  a AAAAAQk=\n`],
    ['bad-signature-line', `${TEXT}\n— a  AAAAAQk=\n`],
    ['bad-signature-line', `${TEXT}\n— a AAAAAQk= \n`],
    ['bad-signature-line', `${TEXT}\n— a AAAAAQk\n`],
    ['bad-signature-line', `${TEXT}\n— a AAAAAQl=\n`],
    ['bad-signature-line', `${TEXT}\n— a AAAAAQ==\n`],
    ['bad-signature-line', `${TEXT}\n— a+b AAAAAQk=\n`],
    ['bad-signature-line', `${TEXT}\n— a\u{a0}b AAAAAQk=\n`],
    ['bad-signature-line', `${TEXT}\n— a\u{85}b AAAAAQk=\n`],
    ['bad-signature-line', `${TEXT}\n—  AAAAAQk=\n`],
    ['bad-signature-line', `${TEXT}\n${SIGNATURE}and more\n`],
    ['control-character', `a\tline\n\n${SIGNATURE}`],
    ['control-character', `a line\r\n\n${SIGNATURE}`],
    ['control-character', `a\0line\n\n${SIGNATURE}`],
    ['control-character', `a\u{1f}line\n\n${SIGNATURE}`],
    ['not-utf8', `a \ud800 line\n\n${SIGNATURE}`],
    ['too-many-signatures', `${TEXT}\n${SIGNATURE.repeat(MAX_SIGNATURES + 1)}`],
    ['too-long', `${'x'.repeat(MAX_NOTE_BYTES)}\n\n${SIGNATURE}`],
  ])('refuses %s: %j', async (code, note) => {
    const refused = await refusal(() => parseNote(note))
    expect(refused).toBeInstanceOf(NoteRefused)
    expect(refused).toMatchObject({ code })
  })

  test('refuses bytes that are not UTF-8', async () => {
    const bytes = new Uint8Array([0xff, ...new TextEncoder().encode(`${TEXT}\n${SIGNATURE}`)])
    expect(await refusal(() => parseNote(bytes))).toMatchObject({ code: 'not-utf8' })
  })

  test('refuses ten thousand signatures at once, without looking into them', async () => {
    expect(await refusal(() => parseNote(`${TEXT}\n${SIGNATURE.repeat(10_000)}`))).toMatchObject({
      code: 'too-many-signatures',
    })
  })
})

describe('opening a note', () => {
  test('names the keys that signed, in the order of the lines, and ignores strangers', async () => {
    const [anna, bo, stranger] = [
      await someone('anna', 'ed25519'),
      await someone('bo', 'ed25519'),
      await someone('x', 'ed25519'),
    ]
    const note = await signNote(TEXT, [bo.signer, stranger.signer, anna.signer])
    const opened = await openNote(note, [anna.key, bo.key])
    expect(opened.signedBy.map(({ key }) => key.name)).toEqual(['bo', 'anna'])
    expect(opened.note.text).toBe(TEXT)
    expect(opened.note.signatures).toHaveLength(3)
  })

  test('ignores a stranger who bears a known name, or a known key ID', async () => {
    const [anna, other] = [await someone('anna', 'ed25519'), await someone('anna', 'ed25519')]
    const note = await signNote(TEXT, [anna.signer, other.signer])
    expect((await openNote(note, [anna.key])).signedBy).toHaveLength(1)
    const borrowed = addSignatures(note, [
      formatSignatureLine({ name: 'bo', keyId: anna.key.keyId, signature: new Uint8Array(64) }),
    ])
    expect((await openNote(borrowed, [anna.key])).signedBy).toHaveLength(1)
  })

  test('rejects the whole note for one bad signature of a known key, however many good ones stand beside it', async () => {
    const [anna, bo] = [await someone('anna', 'ed25519'), await someone('bo', 'ed25519')]
    const note = await signNote(TEXT, [anna.signer, bo.signer])
    const forged = formatSignatureLine({ name: 'bo', keyId: bo.key.keyId, signature: new Uint8Array(64) })
    expect(await refusal(() => openNote(addSignatures(note, [forged]), [anna.key, bo.key]))).toMatchObject({
      code: 'bad-signature',
    })
    expect((await openNote(addSignatures(note, [forged]), [anna.key])).signedBy).toHaveLength(1)
  })

  test('rejects a note nobody known has signed', async () => {
    const [anna, bo] = [await someone('anna', 'ed25519'), await someone('bo', 'ed25519')]
    const note = await signNote(TEXT, [bo.signer])
    expect(await refusal(() => openNote(note, [anna.key]))).toMatchObject({ code: 'no-known-signature' })
    expect(await refusal(() => openNote(note, []))).toMatchObject({ code: 'no-known-signature' })
  })

  test('rejects a changed text', async () => {
    const anna = await someone('anna', 'ed25519')
    const note = await signNote(TEXT, [anna.signer])
    expect(await refusal(() => openNote(note.replace('line', 'lime'), [anna.key]))).toMatchObject({
      code: 'bad-signature',
    })
  })

  test('accepts a hundred signatures, and counts each key once', async () => {
    const people = await Promise.all(Array.from({ length: 100 }, (_, number) => someone(`signer-${number}`, 'ed25519')))
    const note = await signNote(
      TEXT,
      people.map(({ signer }) => signer),
    )
    const opened = await openNote(
      note,
      people.map(({ key }) => key),
    )
    expect(opened.signedBy).toHaveLength(100)
    const [first] = people
    const twice = await openNote(note, [first!.key, first!.key])
    expect(twice.signedBy).toHaveLength(1)
  })

  test('takes the latest time of a cosigner who signed twice', async () => {
    const checkpoint = 'log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n'
    const log = await someone('log', 'ed25519')
    const early = await someone('witness', 'cosignature-ed25519', 1000_000)
    const { signerFromKey } = await import('./keys.ts')
    const late = await signerFromKey(early.skey, () => 2000_000)
    const note = await signNote(checkpoint, [log.signer, late, early.signer])
    const { signedBy } = await openNote(note, [early.key, log.key])
    expect(signedBy.map(({ key, at }) => [key.name, at])).toEqual([
      ['log', undefined],
      ['witness', 2000],
    ])
  })

  test('refuses to guess between two of its own keys that share name and key ID', async () => {
    const [anna, other] = [await someone('anna', 'ed25519'), await someone('anna', 'ed25519')]
    const double = { ...other.key, keyId: anna.key.keyId }
    const note = await signNote(TEXT, [anna.signer])
    expect(await refusal(() => openNote(note, [anna.key, double]))).toMatchObject({ code: 'ambiguous-key' })
  })
})

describe('writing a note', () => {
  test('gives what reading takes back', async () => {
    const anna = await someone('anna', 'ed25519')
    const note = await signNote('α\n\nβ\n', [anna.signer])
    expect(formatNote(parseNote(note))).toBe(note)
  })

  test.each(['', 'no newline', 'tab\t\n', '\ud800\n'])('refuses the text %j', async text => {
    const anna = await someone('anna', 'ed25519')
    expect(await refusal(() => signNote(text, [anna.signer]))).toBeInstanceOf(NoteRefused)
  })

  test('refuses to leave a note unsigned', async () => {
    expect(await refusal(() => signNote(TEXT, []))).toMatchObject({ code: 'no-signatures' })
    expect(await refusal(() => formatNote({ text: TEXT, signatures: [] }))).toMatchObject({ code: 'no-signatures' })
  })

  test('adds lines behind the others and does not double one', async () => {
    const [anna, bo] = [await someone('anna', 'ed25519'), await someone('bo', 'ed25519')]
    const note = await signNote(TEXT, [anna.signer])
    const added = (await signNote(TEXT, [bo.signer])).slice(TEXT.length + 1)
    const both = addSignatures(note, [added, added.slice(0, -1)])
    expect(both).toBe(await signNote(TEXT, [anna.signer, bo.signer]))
    expect(addSignatures(both, [added])).toBe(both)
  })

  test.each(['', 'nonsense', '— a AAAA', '— a AAAAAQk=\n\n'])('refuses to add %j', async odd => {
    expect(await refusal(() => addSignatures(`${TEXT}\n${SIGNATURE}`, [odd]))).toMatchObject({
      code: 'bad-signature-line',
    })
  })

  test('refuses more signatures than it would read', async () => {
    const lines = Array.from({ length: MAX_SIGNATURES }, (_, number) => line(`n${number}`, [0, 0, 0, 1, 9]))
    expect(await refusal(() => addSignatures(`${TEXT}\n${SIGNATURE}`, lines))).toMatchObject({
      code: 'too-many-signatures',
    })
  })
})
