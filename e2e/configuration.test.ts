import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Installation, found } from './installation.ts'

let here: Installation
let there: Installation
const folder = mkdtempSync(join(tmpdir(), 'vidne-config-'))
const exported = join(folder, 'exported')
const REASON = ['--reason', 'one way of working']
const SECOND = ['--person', 'Data protection', '--role', 'data-protection-officer']

beforeAll(async () => {
  here = await found('dk-politi')
  there = await found('dk-politi', { agency: 'Naboby' })
  await configured()
  await answered(here, ['config', 'export', '--out', exported])
})
afterAll(async () => {
  await Promise.all([here?.stop(), there?.stop()])
  rmSync(folder, { recursive: true })
})

async function answered<T>(installation: Installation, words: string[], token?: string): Promise<T> {
  const done = await installation.run([...words, '--json'], token)
  if (done.code !== 0) throw new Error(done.err)
  return JSON.parse(done.out)
}

const tokenIn = async (installation: Installation, who: string[]) =>
  (await answered<{ token: string }>(installation, ['token', 'create', ...who, '--expires', '2099-12-31'])).token

/** Units, one with a name that no file can have, staff, a camera, a training, and two policies of its own. */
async function configured(): Promise<void> {
  const second = await tokenIn(here, SECOND)
  await tokenIn(here, ['--person', 'Åse Wearer', '--role', 'wearer'])
  for (const unit of ['../../x', 'Fyn']) await answered(here, ['unit', 'create', unit])
  await answered(here, ['unit', 'assign', '--person', 'Åse Wearer', '--unit', 'Fyn'])
  await answered(here, ['unit', 'assign', '--camera', 'C-17', '--unit', '../../x'])
  const training = ['training', 'record', '--person', 'Åse Wearer', '--course', 'Camera', '--completed', '2026-01-31']
  await answered(here, training)
  type Shown = { policy: { retention: Record<string, object> } }
  const { policy } = await answered<Shown>(here, ['policy', 'show'])
  const file = join(folder, 'draft.json')
  const ours = { f: 'policy', s: 'our own assessment of November 2026' }
  for (const [v, of] of [['P20D', []] as const, ['P10D', ['--unit', '../../x']] as const]) {
    writeFileSync(
      file,
      JSON.stringify({ retention: { uncategorised: { ...policy.retention['uncategorised'], ...ours, v } } }),
    )
    const asked = await answered<{ approval: string }>(here, ['policy', 'publish', file, ...of, ...REASON])
    await answered(here, ['approve', asked.approval], second)
  }
}

/** Every file of a folder with its text, by its path. */
function filesIn(of: string): Record<string, string> {
  const names = readdirSync(of, { recursive: true, encoding: 'utf8' }).filter(name => statSync(join(of, name)).isFile())
  return Object.fromEntries(names.toSorted().map(name => [name, readFileSync(join(of, name), 'utf8')]))
}

type Imported = {
  applied: boolean
  differences: { file: string; what: string; text: string }[]
  kept: unknown[]
  publications: { unit: string | null; approval: string }[]
}

const imported = () => answered<Imported>(there, ['config', 'import', exported, ...REASON])

test('an export is readable, says what is in it, lies in its folder alone, and holds no token', () => {
  const files = filesIn(exported)
  expect(Object.keys(files).filter(name => !name.startsWith('policy/units/'))).toEqual([
    'README.txt',
    'agency.json',
    'cameras.json',
    'people.json',
    'policy/agency.json',
    'trainings.json',
    'units.json',
  ])
  expect(Object.keys(files).filter(name => name.startsWith('policy/units/'))).toEqual([
    expect.stringMatching(/^policy\/units\/x_[0-9a-f]{16}\.json$/),
  ])
  expect(files['README.txt']).toContain('Not in it: tokens')
  expect(files['people.json']).toContain('"Åse Wearer"')
  expect(JSON.stringify(files)).not.toContain('vdn_')
  expect(statSync(join(exported, 'people.json')).mode & 0o077).toBe(0)
  expect(readdirSync(folder).toSorted()).toEqual(['draft.json', 'exported'])
})

test('it is not written over anything', async () => {
  const again = await here.run(['config', 'export', '--out', exported])
  expect(again).toMatchObject({ code: 2, err: expect.stringContaining('not empty') })
})

describe('a folder that was tampered with is refused by the name of the file:', () => {
  async function refusal(tamper: (copy: string) => void): Promise<string> {
    const copy = mkdtempSync(join(folder, 'copy-'))
    cpSync(exported, copy, { recursive: true })
    tamper(copy)
    const done = await there.run(['config', 'import', copy, ...REASON])
    expect(done.code).not.toBe(0)
    rmSync(copy, { recursive: true })
    return done.err
  }
  const change = (file: string, from: string, to: string) => (copy: string) => {
    const text = readFileSync(join(copy, file), 'utf8')
    expect(text).toContain(from)
    writeFileSync(join(copy, file), text.replace(from, to))
  }
  /** As somebody does who changes a file on purpose. */
  const changeAndList = (file: string, from: string, to: string) => (copy: string) => {
    const digest = () =>
      createHash('sha256')
        .update(readFileSync(join(copy, file)))
        .digest('hex')
    const before = digest()
    change(file, from, to)(copy)
    change('agency.json', before, digest())(copy)
  }

  test.each<[string, (copy: string) => void]>([
    ['people.json', change('people.json', 'wearer', 'auditor')],
    ['people.json', copy => truncateSync(join(copy, 'people.json'), 40)],
    ['trainings.json', copy => rmSync(join(copy, 'trainings.json'))],
    ['policy/agency.json', change('policy/agency.json', 'P20D', 'P90D')],
    ['agency.json', copy => truncateSync(join(copy, 'agency.json'), 40)],
    ['agency.json', copy => rmSync(join(copy, 'agency.json'))],
    ['agency.json', change('agency.json', 'people.json', '../../people.json')],
    ['policy/units/more.json', copy => writeFileSync(join(copy, 'policy/units/more.json'), '{}')],
    ['people.json, 0.roles.0', changeAndList('people.json', '"roles": [\n      "', '"roles": [\n      "sheriff-')],
    ['cameras.json, 0', changeAndList('cameras.json', '"camera"', '"kamera"')],
    ['policy/agency.json, retention', changeAndList('policy/agency.json', '"P20D"', '"20 days"')],
    ['agency.json', change('agency.json', 'dk-politi', 'uk-met')],
  ])('%s', async (file, tamper) => {
    expect(await refusal(tamper)).toContain(file)
    expect(await answered(there, ['unit', 'list'])).toEqual([])
  })
})

test('another agency is brought to it: told first, persons made, each policy confirmed by another person, then nothing to do', async () => {
  const dry = await there.run(['config', 'import', exported, '--dry-run', ...REASON])
  expect(dry).toMatchObject({ code: 0, out: expect.stringContaining('units.json: There is no unit Fyn.') })
  expect(await answered(there, ['unit', 'list'])).toEqual([])

  const first = await imported()
  expect(first).toMatchObject({ applied: true, publications: [{ unit: null }] })
  const second = await tokenIn(there, SECOND)
  await answered(there, ['approve', first.publications[0]!.approval], second)

  const units = await imported()
  expect(units.publications).toMatchObject([{ unit: '../../x' }])
  await answered(there, ['approve', units.publications[0]!.approval], second)

  expect(await imported()).toEqual({ applied: false, differences: [], kept: [], publications: [] })
  expect((await there.run(['config', 'import', exported, ...REASON])).out).toBe('Nothing to do.\n')

  const back = join(folder, 'back')
  await answered(there, ['config', 'export', '--out', back])
  const { 'agency.json': theirs, ...rest } = filesIn(back)
  const { 'agency.json': ours, ...mine } = filesIn(exported)
  expect(rest).toEqual(mine)
  expect(theirs).toBe(ours?.replace('Prøvekommunen', 'Naboby'))
})
