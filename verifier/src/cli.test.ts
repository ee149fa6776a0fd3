import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import verifier from '../package.json' with { type: 'json' }
import { DELETED, TRUST, makePackage } from './testing/sample-package.ts'
import { said } from './testing/said.ts'
import { receiptOf } from './testing/tampered/case.ts'
import { zipped } from './testing/zipped.ts'

const folder = mkdtempSync(join(tmpdir(), 'vidne-verify-'))
const at = (name: string) => join(folder, name)
const [zip, unpacked, trust, receipt, media] = ['good.zip', 'good', 'trust.policy', 'receipt.txt', 'video.mp4'].map(
  at,
) as [string, string, string, string, string]

beforeAll(async () => {
  const made = await makePackage()
  writeFileSync(zip, await zipped(made.files))
  for (const [name, bytes] of made.files) {
    mkdirSync(dirname(join(unpacked, name)), { recursive: true })
    writeFileSync(join(unpacked, name), bytes)
  }
  writeFileSync(trust, `# Issued by the operator of this log.\n${TRUST}`)
  writeFileSync(receipt, receiptOf(made))
  writeFileSync(media, made.sample.media)
})
afterAll(() => rmSync(folder, { recursive: true }))

const placeOf = (word: string) => (word.startsWith('--') || word.startsWith('http') ? word : at(word))
/** The id of the log's key, as a trust file's line has it. */
const idIn = (policy: string) => /^log [^+]+\+([0-9a-f]{8})\+/m.exec(policy)?.[1] ?? ''

describe('verify', () => {
  test('exits with 0 when everything holds, and tells three parts in words, never one', async () => {
    const { code, out } = await said('verify', [zip, '--trust', trust])
    expect(code).toBe(0)
    for (const part of ['INTACT\n  Yes.', 'HISTORY\n  Checked.', 'COUNTERSIGNED\n  By press and mapper.'])
      expect(out).toContain(part)
    expect(out).toContain('issued by the operator of this log itself')
    expect(out).toContain('Sealed from: its arrival on')
    expect(out).toContain('As of 12 May 2026')
  })

  test('reads an unpacked package as well, and a link in it is refused', async () => {
    expect(await said('verify', [unpacked, '--trust', trust])).toMatchObject({ code: 0 })
    symlinkSync('/etc/passwd', join(unpacked, 'data', 'link'))
    const refused = await said('verify', [unpacked, '--trust', trust])
    rmSync(join(unpacked, 'data', 'link'))
    expect(refused).toMatchObject({ code: 2, err: 'data/link: This cannot be read.\n' })
  })

  test('without a trust file exits with 1 and says to whom the fingerprint has to be shown', async () => {
    const { code, out } = await said('verify', [zip])
    expect(code).toBe(1)
    expect(out).toContain('INTACT\n  Consistent with itself.')
    expect(out).toContain('Who vouches for this is not established.')
    expect(out).toMatch(/Log: vidne\.example\/vectors, key fingerprint [0-9a-f]{64}/)
    expect(out).toContain('Compare this fingerprint')
  })

  test.each([
    ['da', 'UÆNDRET\n  Ja.'],
    ['sv', 'OFÖRÄNDRAD\n  Ja.'],
    ['de', 'UNVERÄNDERT\n  Ja.'],
  ])('speaks %s by --lang and by the environment', async (language, words) => {
    expect((await said('verify', [zip, '--trust', trust, '--lang', language])).out).toContain(words)
    const env = { LC_ALL: '', LANG: `${language}_XX.UTF-8` }
    expect((await said('verify', [zip, '--trust', trust], env)).out).toContain(words)
  })

  test('as JSON has the members that programs rely on', async () => {
    const { code, out } = await said('verify', [zip, '--trust', trust, '--json'])
    expect(code).toBe(0)
    expect(out.endsWith('}\n')).toBe(true)
    expect(JSON.parse(out)).toMatchObject({
      intact: true,
      history: 'checked',
      countersigned: ['press', 'mapper'],
      level: 'received',
      reasons: [],
      trust: { issuedByOperator: true, digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
    })
  })

  test('what cannot be read exits with 2, also as JSON with the same members', async () => {
    writeFileSync(at('notes.mp4'), 'this is a text')
    writeFileSync(at('empty.zip'), '')
    for (const file of ['notes.mp4', 'empty.zip', 'not-there.zip'])
      expect(await said('verify', [at(file), '--trust', trust])).toMatchObject({ code: 2, out: '' })
    const { code, out } = await said('verify', [at('notes.mp4'), '--trust', trust, '--json'])
    expect(code).toBe(2)
    expect(JSON.parse(out)).toMatchObject({
      intact: false,
      history: 'unproven',
      countersigned: [],
      level: null,
      reasons: [{ code: 'not-a-package', where: at('notes.mp4'), text: expect.any(String) }],
    })
  })

  test('a trust file that was named and is not there is no verdict without one', async () => {
    const { code, err } = await said('verify', [zip, '--trust', at('other.policy')])
    expect({ code, err }).toEqual({ code: 2, err: `${at('other.policy')}: There is nothing of that name.\n` })
  })

  test.each([
    [['not-there.zip'], 'not-there.zip: There is nothing of that name.'],
    [['good.zip', '--demands', 'good'], 'good: This is a folder, not a file.'],
    [['good.zip', '--footage', 'good'], 'good: This is a folder, not a file.'],
    [['receipt.txt', '--footage', 'not-there.mp4'], 'not-there.mp4: There is nothing of that name.'],
    [['no-package'], 'no-package: This is no package, no receipt and no statement.'],
    [['good.zip', '--log', 'http://127.0.0.1:9'], 'http://127.0.0.1:9: It does not answer. Is the address right?'],
  ])('what cannot be read is named with its cause: %j', async (words, sentence) => {
    mkdirSync(at('no-package'), { recursive: true })
    const [trusted, placed] = [words.includes('--log') ? ['--trust', trust] : [], words.map(placeOf)]
    const { code, err, out } = await said('verify', [...placed, ...trusted])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err.endsWith(`${sentence}\n`)).toBe(true)
    expect(err).not.toMatch(/E[A-Z]{4,}/)
  })

  test.each([
    [['--rehersal'], 'rehersal'],
    [[], 'FILE is missing'],
    [['a.zip', 'b.zip'], '"b.zip" is one word too many'],
    [['a.zip', '--checkpoint', 'c'], '--checkpoint and --log go together'],
    [['a.zip', '--lang', 'fr'], '--lang is en, da, sv or de'],
    [['a.zip', '--camera', 'c'], 'camera'],
  ])('a command line that cannot be understood is refused by the word: %j', async (words, sentence) => {
    const { code, err, out } = await said('verify', words)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(sentence)
  })

  test('--help explains and exits with 0', async () => {
    const { code, out } = await said('verify', ['--help'])
    expect(code).toBe(0)
    for (const option of ['--trust', '--demands', '--checkpoint', '--log', '--receipt', '--rehearsal', '--json'])
      expect(out).toContain(option)
  })
})

describe('a deletion statement', () => {
  const statement = at('statement.zip')
  beforeAll(async () => writeFileSync(statement, await zipped((await makePackage({ story: DELETED })).files)))

  test('is convicted by footage that reappears, and by no other', async () => {
    const refuted = await said('verify', [statement, '--trust', trust, '--footage', media])
    expect(refuted.code).toBe(1)
    expect(refuted.out).toContain('byte for byte, the footage that this statement says was deleted')
    expect(refuted.out).not.toContain('There is no footage here')
    const json = JSON.parse((await said('verify', [statement, '--trust', trust, '--footage', media, '--json'])).out)
    expect(json).toMatchObject({ intact: true, holds: false, footage: 'checked', history: 'checked' })
    expect(json.reasons).toMatchObject([{ code: 'footage-reappeared', where: 'footage' }])
    writeFileSync(at('other.mp4'), 'another film')
    const other = await said('verify', [statement, '--trust', trust, '--footage', at('other.mp4')])
    expect(other.code).toBe(0)
    expect(other.out).toContain('The file beside it is other footage, or was changed.')
    expect(await said('verify', [statement, '--trust', trust])).toMatchObject({ code: 0 })
  })
})

describe('a rehearsal', () => {
  test('is told as one, accepted or not', async () => {
    const file = at('rehearsal.zip')
    writeFileSync(file, await zipped((await makePackage({ mode: 'rehearsal' })).files))
    for (const [words, code] of [
      [['--rehearsal'], 0],
      [[], 1],
    ] as const) {
      const spoken = await said('verify', [file, '--trust', trust, ...words])
      expect(spoken.code).toBe(code)
      expect(spoken.out).toContain('\nFrom a rehearsal installation. It is no evidence.\n')
      const json = await said('verify', [file, '--trust', trust, ...words, '--json'])
      expect(JSON.parse(json.out)).toMatchObject({ mode: 'rehearsal', holds: code === 0 })
    }
    expect(JSON.parse((await said('verify', [zip, '--trust', trust, '--json'])).out)).toMatchObject({ mode: 'normal' })
  })
})

describe('a receipt of a rehearsal', () => {
  test('is told as one, and holds only where that is accepted', async () => {
    const file = at('rehearsed.txt')
    writeFileSync(file, receiptOf(await makePackage({ mode: 'rehearsal' })))
    for (const command of ['receipt', 'verify'] as const)
      for (const [words, code] of [
        [['--rehearsal'], 0],
        [[], 1],
      ] as const) {
        const spoken = await said(command, [file, '--trust', trust, ...words])
        expect(spoken.code).toBe(code)
        expect(spoken.out).toContain('\nFrom a rehearsal installation. It is no evidence.\n')
        const json = JSON.parse((await said(command, [file, '--trust', trust, ...words, '--json'])).out)
        expect(json).toMatchObject({ mode: 'rehearsal', intact: true, holds: code === 0 })
        const reasons = code === 0 ? [] : [{ code: 'rehearsal', where: 'receipt, opened' }]
        expect(json.reasons).toMatchObject(reasons)
        expect(json.reasons).toHaveLength(reasons.length)
      }
    const normal = JSON.parse((await said('receipt', [receipt, '--trust', trust, '--json'])).out)
    expect(normal).toMatchObject({ mode: 'normal', holds: true })
  })

  test('beside a package is refused in the same words', async () => {
    const [file, beside] = [at('rehearsal.zip'), at('rehearsed.txt')]
    const made = await makePackage({ mode: 'rehearsal' })
    writeFileSync(file, await zipped(made.files))
    writeFileSync(beside, receiptOf(made))
    const words = [file, '--trust', trust, '--receipt', beside, '--json']
    expect(await said('verify', [...words, '--rehearsal'])).toMatchObject({ code: 0 })
    const refused = await said('verify', words)
    expect(JSON.parse(refused.out).reasons).toMatchObject([
      { code: 'rehearsal', where: 'log/opened.tlog-proof' },
      { code: 'rehearsal', where: 'receipt, opened' },
    ])
  })
})

describe('receipt', () => {
  test('holds under a trust file, and says that the footage was not looked at', async () => {
    const { code, out } = await said('receipt', [receipt, '--trust', trust])
    expect(code).toBe(0)
    expect(out).toContain('The footage was not looked at')
    expect(out).toContain('A receipt shows that the recording was sealed, not what has happened to it since.')
    expect(await said('verify', [receipt, '--trust', trust])).toMatchObject({ code: 0, out })
  })

  test('is compared with the footage beside it', async () => {
    expect(await said('receipt', [receipt, '--trust', trust, '--footage', media])).toMatchObject({ code: 0 })
    const bytes = readFileSync(media)
    writeFileSync(
      at('changed.mp4'),
      bytes.map((byte, i) => (i === 7 ? byte ^ 1 : byte)),
    )
    writeFileSync(at('cut.mp4'), bytes.subarray(1))
    for (const [file, code] of [['changed.mp4', 'footage-altered'] as const, ['cut.mp4', 'footage-length'] as const]) {
      const spoken = await said('receipt', [receipt, '--trust', trust, '--footage', at(file), '--json'])
      expect(spoken.code).toBe(1)
      expect(JSON.parse(spoken.out)).toMatchObject({ intact: false, reasons: [{ code }] })
    }
  })

  test('without a trust file exits with 1', async () => {
    const { code, out } = await said('receipt', [receipt, '--json'])
    expect(code).toBe(1)
    const logKey = { origin: 'vidne.example/vectors', keyId: idIn(TRUST), fingerprint: null }
    expect(JSON.parse(out)).toMatchObject({ intact: true, logKey, reasons: [{ code: 'no-trust-file' }] })
  })

  test.each(['en', 'da', 'sv', 'de'])(
    'without a trust file tells by which key it says it is signed (%s)',
    async lang => {
      const { out } = await said('receipt', [receipt, '--lang', lang])
      expect(out).toContain(`vidne.example/vectors, `)
      expect(out).toContain(idIn(TRUST))
      expect(out).toContain(`log vidne.example/vectors+${idIn(TRUST)}+`)
    },
  )

  test('that was altered, or is none, is refused', async () => {
    const [line = ''] = /^extra .*$/m.exec(readFileSync(receipt, 'utf8')) ?? []
    const extra = Buffer.from(line.slice(6), 'base64').toString('utf8')
    const raised = Buffer.from(extra.replace('"received"', '"captured"')).toString('base64')
    writeFileSync(at('raised.txt'), readFileSync(receipt, 'utf8').replace(line, `extra ${raised}`))
    const refused = await said('receipt', [at('raised.txt'), '--trust', trust, '--json'])
    expect(refused.code).toBe(1)
    expect(JSON.parse(refused.out)).toMatchObject({ intact: false, holds: false })
    for (const file of [zip, trust]) expect(await said('receipt', [file, '--trust', trust])).toMatchObject({ code: 2 })
  })
})

test('the program runs by itself', async () => {
  const program = join(import.meta.dirname, '../bin/vidne-verify.mjs')
  const run = (words: string[]) =>
    new Promise<number>(done =>
      execFile(process.execPath, [program, ...words], error => done(Number(error?.code ?? 0))),
    )
  expect(await Promise.all([run([zip, '--trust', trust]), run([zip]), run([trust])])).toEqual([0, 1, 2])
  expect(await run(['receipt', receipt, '--trust', trust])).toBe(0)
  expect(await run(['verify', zip, '--trust', trust])).toBe(0)
  expect(execFileSync(process.execPath, [program, '--version'], { encoding: 'utf8' })).toBe(
    `vidne-verify ${verifier.version}\n`,
  )
})
