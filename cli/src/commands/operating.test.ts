import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { vidne } from '../../../e2e/installation.ts'

// The operator's verbs as they are typed, each in a process of its own: words, exit codes, keys of the JSON.
const root = mkdtempSync(join(tmpdir(), 'vidne-operating-'))
const data = join(root, 'data')
const backup = join(root, 'backup')
/** What the log that was continued has signed: another log, of another key. */
const ofAnotherLog = () => join(root, 'still', 'lock', '0000000000000000.checkpoint')
const keysOf = (text: string): string[] => Object.keys(JSON.parse(text) as object)

beforeAll(async () => {
  const words = ['init', '--data', data, '--agency', 'Prøvekommunen', '--pack', 'uk-met', '--rehearsal', '--json']
  expect(await vidne(words)).toMatchObject({ code: 0 })
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('backup and restore', () => {
  test('a backup says what it holds, until when, and what has to be kept elsewhere', async () => {
    const made = await vidne(['backup', '--data', data, '--out', backup, '--json'])
    expect(made).toMatchObject({ code: 0 })
    expect(JSON.parse(made.out)).toMatchObject({
      out: backup,
      database: 'exported',
      vaultKeys: expect.any(Number),
      vaultKeysOmitted: 0,
      vaultExpires: expect.stringMatching(/^20.*Z$/),
      objects: { files: 0, bytes: 0 },
      logKeys: false,
      erased: [],
    })
    const again = await vidne(['backup', '--data', data, '--out', join(root, 'second'), '--objects', 'leave'])
    expect(again).toMatchObject({ code: 0 })
    for (const words of ['master key', 'keys/log*.skey', 'lock/', 'must be gone by']) expect(again.out).toContain(words)
    expect(await vidne(['backup', '--data', data, '--out', backup])).toMatchObject({ code: 1 })
    expect(await vidne(['backup', '--data', data])).toMatchObject({ code: 2 })
  })

  test('a restore says what it did, and whether the log can go on', async () => {
    const refused = await vidne(['restore', backup, '--data', join(root, 'again')])
    expect(refused).toMatchObject({ code: 1, out: '' })
    expect(refused.err).toContain('--keys')
    const words = ['restore', backup, '--data', join(root, 'again'), '--keys', join(data, 'keys'), '--json']
    const restored = await vidne([...words, '--lock', join(data, 'lock')])
    expect(restored).toMatchObject({ code: 0 })
    expect(JSON.parse(restored.out)).toMatchObject({
      restored: ['log', 'database', 'vault', 'objects'],
      left: [],
      destroyedAgain: 0,
      log: 'ok',
      cleanUp: null,
    })
    const still = await vidne(['restore', backup, '--data', join(root, 'still'), '--keys', join(data, 'keys')])
    expect(still).toMatchObject({ code: 0 })
    expect(still.out).toContain('vidne log continue')
  })

  test('a log that cannot go on is continued in another once its name is typed out', async () => {
    const still = join(root, 'still')
    const asked = await vidne(['log', 'continue', '--data', still])
    expect(asked).toMatchObject({ code: 1 })
    const origin = /--retire (\S+)\./.exec(asked.err)?.[1] ?? ''
    const done = await vidne(['log', 'continue', '--data', still, '--retire', origin, '--json'])
    expect(done).toMatchObject({ code: 0 })
    expect(JSON.parse(done.out)).toMatchObject({ origin: `${origin}-2`, previous: origin, size: expect.any(Number) })
    expect(await vidne(['doctor', '--data', still, '--json'])).toMatchObject({ code: 0 })
  })
})

describe('looking', () => {
  test('the doctor answers with findings, and fails when one of them stops the installation', async () => {
    const sound = await vidne(['doctor', '--data', data, '--json'])
    expect(sound).toMatchObject({ code: 0 })
    const { ok, findings } = JSON.parse(sound.out) as { ok: boolean; findings: Record<string, unknown>[] }
    expect(ok).toBe(true)
    for (const finding of findings) expect(Object.keys(finding)).toEqual(['code', 'ok', 'stops', 'text'])
    const nowhere = await vidne(['doctor', '--data', join(root, 'nowhere')])
    expect(nowhere).toMatchObject({ code: 1 })
    expect(nowhere.out).toContain('STOPS  installation')
  })

  test('an upgrade is checked and not made', async () => {
    const checked = await vidne(['upgrade', '--check', '--data', data, '--json'])
    expect(checked).toMatchObject({ code: 0 })
    expect(keysOf(checked.out)).toEqual(['ok', 'program', 'pending', 'findings'])
    expect(await vidne(['upgrade', '--data', data])).toMatchObject({ code: 2 })
    expect(await vidne(['upgrade', '--check', '--data', join(root, 'nowhere')])).toMatchObject({ code: 1 })
  })

  test('a sound vault has nothing to repair', async () => {
    const repaired = await vidne(['vault', 'repair', '--data', data, '--json'])
    expect(repaired).toMatchObject({ code: 0 })
    expect(JSON.parse(repaired.out)).toMatchObject({ repaired: true })
  })
})

describe('the log', () => {
  test('is recomputed from its tiles; a changed one is named', async () => {
    const sound = await vidne(['log', 'check', '--data', data, '--json'])
    expect(sound).toMatchObject({ code: 0 })
    expect(JSON.parse(sound.out)).toMatchObject({
      sound: true,
      size: expect.any(Number),
      findings: [],
      cosigned: false,
    })
    const spoiled = join(root, 'spoiled')
    cpSync(data, spoiled, { recursive: true })
    const tiles = join(spoiled, 'log', 'tile', '0', '000.p')
    for (const width of readdirSync(tiles)) {
      const bytes = readFileSync(join(tiles, width))
      bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40)
      writeFileSync(join(tiles, width), bytes)
    }
    const altered = await vidne(['log', 'check', '--data', spoiled, '--json'])
    expect(altered).toMatchObject({ code: 1 })
    expect(JSON.parse(altered.out)).toMatchObject({ findings: [{ fault: 'tile-differs', where: 'tile 0/0' }] })
    expect(await vidne(['log', 'rebuild', '--data', spoiled])).toMatchObject({ code: 0 })
    expect(await vidne(['log', 'check', '--data', spoiled])).toMatchObject({ code: 0 })
  })

  test('is countersigned by a map-checker who remembers what he saw', async () => {
    const key = join(root, 'maps.key')
    const made = await vidne(['log', 'key', 'maps.example.org', '--out', key])
    expect(made.out).toContain('group map-checkers any maps.example.org')
    expect(statSync(key).mode & 0o077).toBe(0)
    expect(await vidne(['log', 'key', 'maps.example.org', '--out', key])).toMatchObject({ code: 1 })
    const seen = join(root, 'seen')
    const cosigned = join(root, 'cosigned')
    const words = ['log', 'check', '--data', data, '--remember', seen, '--cosign', key, '--out', cosigned]
    expect(await vidne(words)).toMatchObject({ code: 0 })
    expect(readFileSync(cosigned, 'utf8')).toContain('— maps.example.org ')
    expect(readFileSync(cosigned, 'utf8').startsWith(readFileSync(seen, 'utf8').split('\n\n')[0] ?? '')).toBe(true)
    writeFileSync(seen, readFileSync(join(root, 'again', 'log', 'checkpoint')))
    expect(await vidne(words)).toMatchObject({ code: 0 })
    const other = join(root, 'other-seen')
    cpSync(ofAnotherLog(), other)
    expect(await vidne(['log', 'check', '--data', data, '--remember', other])).toMatchObject({ code: 1 })
  })

  test('is shown to be one between two checkpoints, or not', async () => {
    const before = join(backup, 'log', 'checkpoint')
    const proven = await vidne(['log', 'prove', before, 'now', '--data', data, '--json'])
    expect(proven).toMatchObject({ code: 0 })
    expect(keysOf(proven.out)).toEqual(['consistent', 'oldSize', 'newSize', 'proof'])
    const other = await vidne(['log', 'prove', before, ofAnotherLog(), '--data', data, '--json'])
    expect(other).toMatchObject({ code: 1 })
    expect(JSON.parse(other.out)).toMatchObject({ consistent: false, because: 'signer-unknown', where: 'checkpoint 2' })
    expect(await vidne(['log', 'prove', before, '--data', data])).toMatchObject({ code: 2 })
    expect(await vidne(['log', 'check'])).toMatchObject({ code: 2 })
  })
})
