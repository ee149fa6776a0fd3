import { globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Installation, found, vidne } from './installation.ts'

const temporary = () => mkdtempSync(join(tmpdir(), 'vidne-words-'))
const json = <T>(text: string) => JSON.parse(text) as T

/** A folder with one file in it, as a camera would have it. */
function oneFile(): string {
  const folder = temporary()
  mkdirSync(join(folder, 'DCIM'))
  writeFileSync(join(folder, 'DCIM', 'clip.mp4'), `footage ${Math.random()}`)
  return folder
}

describe('the command line', () => {
  test('vidne --help names every command of the contract', async () => {
    const { out, code } = await vidne(['--help'])
    expect(code).toBe(0)
    const names = [
      'init',
      'serve',
      'dock',
      'recordings',
      'token create',
      'token list',
      'token revoke',
      'hold',
      'release',
      'categorise',
      'delete',
      'admit',
      'approvals',
      'approve',
      'decline',
      'withdraw',
      'export',
      'verify',
      'receipt',
      'statement',
    ]
    const more = [
      'due',
      'run',
      'clock set',
      'backup',
      'restore',
      'upgrade',
      'log check',
      'log prove',
      'log copy',
      'doctor',
    ]
    for (const name of [...names, ...more]) expect(out, name).toContain(`  ${name} `)
  })

  test.each([
    [['frobnicate'], 2, /does not know "frobnicate"/],
    [['recordings', '--token', 'x'], 2, /--server is missing/],
    [['recordings', '--server', 'nowhere', '--token', 'x'], 2, /is not an address/],
    [['recordings', '--server', 'http://localhost:9', '--token', '@/none'], 2, /--token @\/none cannot be read/],
    [['hold', '--server', 'http://localhost:9', '--token', 'x', '--reason', 'y'], 2, /ID is missing/],
    [['dock', '.', '--server', 'http://localhost:9', '--token', 'x', '--wipe'], 2, /--wipe needs --trust/],
    [['due', '--by', 'tomorrow', '--server', 'http://localhost:9', '--token', 'x'], 2, /--by "tomorrow" is not a day/],
    [['recordings', '--server', 'http://localhost:9', '--token', 'x'], 1, /does not answer/],
    [['init', '--data', '/tmp', '--agency', 'x', '--pack', 'uk-met'], 1, /is not empty/],
    [
      ['init', '--data', '/tmp/none', '--agency', 'x', '--pack', 'none'],
      2,
      /none of dk-politi, dk-borger, uk-met, se-skola, de-nrw-oa/,
    ],
    [['verify', '/none.zip'], 2, /none\.zip/],
  ])('%j is refused by name with exit code %i', async (words, code, sentence) => {
    const said = await vidne(words)
    expect({ code: said.code, err: said.err + said.out }).toEqual({ code, err: expect.stringMatching(sentence) })
  })

  test('a typed token is taken with a warning', async () => {
    const { err } = await vidne(['recordings', '--server', 'http://localhost:9', '--token', 'typed'])
    expect(err).toContain('can be read by others')
  })
})

describe('a normal installation under the pack of a German public-order office', () => {
  let here: Installation
  let recording: string

  beforeAll(async () => {
    here = await found('de-nrw-oa', { mode: 'normal' })
    const docked = await here.run(['dock', oneFile(), '--trust', here.trust, '--json'], here.deviceToken)
    const line = json<{ recording: string }>(docked.out)
    for (const key of ['path', 'recording', 'sha256', 'bytes', 'receipt']) expect(line).toHaveProperty(key)
    recording = line.recording
  })
  afterAll(() => here?.stop())

  const tokenFor = async (person: string, role: string) => {
    const words = ['token', 'create', '--person', person, '--role', role, '--expires', '2099-12-31', '--json']
    return json<{ token: string }>((await here.run(words)).out).token
  }

  test('what vidne init gives is what the contract says', () => {
    const { agency, origin, setupUrl, deviceToken, operatorToken, trust } = here
    expect(
      [agency, origin, setupUrl, deviceToken, operatorToken].every(value => typeof value === 'string' && value !== ''),
    ).toBe(true)
    expect(readFileSync(trust, 'utf8')).toContain(`log ${origin}+`)
  })

  test('the list has the keys of the contract, and the fortnight of the statute', async () => {
    const [row] = json<Record<string, unknown>[]>((await here.run(['recordings', '--json'])).out)
    for (const key of ['id', 'sha256', 'bytes', 'recordedAt', 'sealedAt', 'state', 'deleteAfter'])
      expect(row).toHaveProperty(key)
    const days = (Date.parse(String(row!['deleteAfter'])) - Date.now()) / 86_400_000
    expect(days).toBeGreaterThan(13.9)
    expect(days).toBeLessThanOrEqual(14)
  })

  test('an export asks for a second person, whose own token it takes, and the package verifies as no rehearsal', async () => {
    const file = join(temporary(), 'package.zip')
    const words = ['export', recording, '--purpose', 'Az. 41/26', '--to', 'Staatsanwaltschaft', '--out', file, '--json']
    const asked = json<{ state: string; approval: string }>((await here.run(words)).out)
    expect(asked.state).toBe('waiting')
    expect((await here.run(['approve', asked.approval])).code).toBe(1)
    const second = await tokenFor('Zweite Person', 'supervisor')
    const approved = await here.run(['approve', asked.approval], second)
    expect(json<{ state: string }>(approved.out).state).toBe('done')
    expect((await here.run(words)).code).toBe(0)
    const verified = await vidne(['verify', file, '--trust', here.trust, '--json'])
    expect(verified.code).toBe(0)
    const verdict = json<Record<string, unknown>>(verified.out)
    for (const key of ['intact', 'history', 'countersigned', 'level', 'reasons']) expect(verdict).toHaveProperty(key)
    expect(json<{ state: string }>((await here.run(words)).out).state).toBe('waiting')
  })

  test('a backup to a place that cannot be made is refused in words, by the server too', async () => {
    const { code, out, err } = await vidne(['backup', '--data', here.data, '--out', '/proc/x'])
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(
      /^vidne: \/proc\/x cannot be used: there is no such file or folder, and none can be made there\.\n$/,
    )
  })

  test('its clock cannot be set', async () => {
    const { code, err } = await here.run(['clock', 'set', '2030-01-01'])
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('cannot be set') })
  })

  test('a dock can bring in and nothing else; an expired date and an unknown token are refused', async () => {
    expect(await here.run(['recordings'], here.deviceToken)).toMatchObject({
      code: 1,
      err: expect.stringContaining('roles'),
    })
    expect(await here.run(['recordings'], 'vdn_000000000000_00')).toMatchObject({
      code: 1,
      err: expect.stringContaining('not known'),
    })
    const past = ['token', 'create', '--person', 'X', '--role', 'auditor', '--expires', '2020-01-01']
    expect(await here.run(past)).toMatchObject({ code: 1, err: expect.stringContaining('past') })
  })

  test('what falls due is listed by rule and nothing changes', async () => {
    const due = json<{ rules: { rule: string; items: number }[] }>(
      (await here.run(['due', '--by', '2099-01-01', '--json'])).out,
    )
    expect(due.rules).toEqual([{ rule: 'uncategorised', items: 1 }])
    expect(json<unknown[]>((await here.run(['recordings', '--json'])).out)).toHaveLength(1)
  })

  test('a sweep says whether all fits together, names what does not, and changes nothing', async () => {
    expect(await here.run(['run', 'sweep'])).toMatchObject({ code: 0, out: expect.stringContaining('fit together') })
    expect(json((await here.run(['run', 'sweep', '--json'])).out)).toEqual({ state: 'sound', counts: [], findings: [] })
    const objects = join(here.data, 'objects')
    const [lost = ''] = globSync('[0-9a-f][0-9a-f]/*', { cwd: objects })
    const stray = `00/${'0'.repeat(32)}`
    const missing = { code: 'object-missing', name: lost, text: expect.stringContaining('gone') }
    const unknown = { code: 'object-unknown', name: stray, text: expect.stringContaining('nobody knows') }
    mkdirSync(join(objects, '00'), { recursive: true })
    renameSync(join(objects, lost), join(objects, stray))
    const swept = await here.run(['run', 'sweep', '--json'])
    renameSync(join(objects, stray), join(objects, lost))
    expect({ code: swept.code, said: json(swept.out) }).toEqual({
      code: 1,
      said: {
        state: 'differs',
        counts: [
          { code: 'object-missing', items: 1 },
          { code: 'object-unknown', items: 1 },
        ],
        findings: [missing, unknown],
      },
    })
    expect(await here.run(['run', 'sweep'])).toMatchObject({ code: 0 })
    expect(await here.run(['run', 'sweep'], here.deviceToken)).toMatchObject({ code: 1, out: '' })
    expect(await here.run(['run', 'weekly'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('"weekly" is none'),
    })
  })
})
