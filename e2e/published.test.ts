import { execFileSync, spawn } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Tarball, npm, packParts } from '../pack.ts'
import { filesIn } from './guarantees/packages.ts'
import { type Installation, type Spoken, found, vidne } from './installation.ts'

const checkout = join(import.meta.dirname, '..')
const vectors = join(checkout, 'vectors/packages')
/** Not below the checkout: nothing of it may be found by climbing up. */
const away = mkdtempSync(join(tmpdir(), 'vidne-published-'))

const LEAST = [20, 19] as const

/** Our own Node, and what the host has, where it is another one and new enough. */
function nodes(): { name: string; program: string }[] {
  const own = { name: process.version, program: process.execPath }
  const host = '/usr/bin/node'
  if (!existsSync(host)) return [own]
  const version = execFileSync(host, ['--version'], { encoding: 'utf8' }).trim()
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number)
  const enough = major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])
  return enough && version !== process.version ? [own, { name: version, program: host }] : [own]
}

let tarballs: Tarball[]
const tarball = (part: string): string => tarballs.find(one => one.part === part)!.file

/** A folder of somebody else's, with these packages installed and no registry to ask. */
function installed(name: string, files: readonly string[]): string {
  const folder = join(away, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, private: true, type: 'module' }))
  npm(['install', '--no-audit', '--no-fund', ...files], folder)
  return folder
}

/** What our libraries take from npm, as their own tarballs. */
function dependencies(): string[] {
  const folder = join(away, 'dependencies')
  mkdirSync(folder)
  for (const name of readdirSync(join(checkout, 'node_modules/@noble')))
    npm(['pack', join(checkout, 'node_modules/@noble', name), '--pack-destination', folder], folder)
  return readdirSync(folder).map(name => join(folder, name))
}

function run(program: string, words: readonly string[], folder: string): Promise<Spoken> {
  return new Promise((done, failed) => {
    const child = spawn(program, words, { cwd: folder, env: { PATH: process.env['PATH'], HOME: away } })
    const said = { out: '', err: '' }
    child.stdout.on('data', chunk => (said.out += String(chunk)))
    child.stderr.on('data', chunk => (said.err += String(chunk)))
    child.on('error', failed)
    child.on('close', code => done({ code: code ?? -1, ...said }))
  })
}

/** The one program in a part's README, as somebody would copy it, and the same as plain JavaScript. */
function example(part: string, folder: string): { typed: string; plain: string } {
  const readme = readFileSync(join(folder, 'node_modules/@vidne', part, 'README.md'), 'utf8')
  const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(match => match[1] ?? '')
  expect(examples).toHaveLength(1)
  const [typed, plain] = [`${part}.ts`, `${part}.js`]
  writeFileSync(join(folder, typed), examples[0]!)
  writeFileSync(join(folder, plain), stripTypeScriptTypes(examples[0]!))
  return { typed, plain }
}

function copyOfVectors(folder: string): void {
  copyFileSync(join(vectors, 'recording.zip'), join(folder, 'case.zip'))
  copyFileSync(join(vectors, 'trust.policy'), join(folder, 'trust.policy'))
}

beforeAll(async () => {
  tarballs = await packParts(join(away, 'packed'))
})
afterAll(() => rmSync(away, { recursive: true }))

test('what is published is JavaScript, its types, a README and a licence, and nothing of the tests', () => {
  expect(tarballs.map(one => one.part)).toEqual(['tlog', 'evidence', 'verifier', 'dock-agent'])
  for (const { part, file } of tarballs) {
    const listed = execFileSync('tar', ['tzf', file], { encoding: 'utf8' }).trim().split('\n')
    const own = listed.filter(name => !name.includes('/node_modules/'))
    for (const name of ['package.json', 'README.md', 'LICENSE']) expect(own).toContain(`package/${name}`)
    const rest = own.filter(
      name => !/^package\/(package\.json|README\.md|LICENSE|verify\.html|bin\/[\w-]+\.mjs)$/.test(name),
    )
    expect(rest.filter(name => !/^package\/lib\/[\w.-]+\.(js|d\.ts)$/.test(name))).toEqual([])
    expect(rest.length).toBeGreaterThan(10)
    expect(listed.filter(name => /@vidne/.test(name) && !/\.(js|d\.ts|json|md)$|LICENSE$/.test(name))).toEqual([])
    expect(listed.filter(name => /\.test\.|\/testing\/|\/vectors\//.test(name))).toEqual([])
    const content = execFileSync('tar', ['xzOf', file], { encoding: 'latin1', maxBuffer: 2 ** 28 })
    expect(content.match(/PRIVATE\+KEY\+[^'"`$\s{]*\+[0-9a-f]{8}\+\S+/g), part).toBeNull()
    expect(content, part).not.toContain(checkout)
  }
})

test('the same checkout packs to the same bytes', async () => {
  const again = await packParts(join(away, 'again'))
  expect(again.map(one => one.sha256)).toEqual(tarballs.map(one => one.sha256))
})

describe('the libraries, installed without a registry', () => {
  let folder: string
  beforeAll(async () => {
    folder = installed('libraries', [tarball('tlog'), tarball('evidence'), ...dependencies()])
    copyOfVectors(folder)
    const files = await filesIn(readFileSync(join(vectors, 'recording.zip')))
    writeFileSync(join(folder, '0001.MP4'), files.get('data/media/recording.mp4')!)
    copyFileSync(join(vectors, 'receipt.txt'), join(folder, '0001.MP4.receipt'))
  })

  test.each(nodes())('run the examples of their READMEs under Node $name', async ({ program }) => {
    const said = (part: string) => run(program, [example(part, folder).plain], folder)
    expect(await said('tlog')).toEqual({ code: 0, out: 'entry 42 of 302, countersigned by neighbour\n', err: '' })
    expect(await said('evidence')).toMatchObject({ code: 0, out: expect.stringMatching(/^sealed in \S+\n$/), err: '' })
  })

  test.each(nodes())('sign and check with ML-DSA-44 under Node $name', async ({ program }) => {
    const file = join(folder, 'ml-dsa.js')
    writeFileSync(
      file,
      `import { generateKey, signerFromKey, parseVerifierKey } from '@vidne/tlog/keys'
      import { openNote, signNote } from '@vidne/tlog/note'
      const { skey, vkey } = await generateKey('log.example.org', 'ml-dsa-44')
      const note = await signNote('log.example.org\\n0\\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\\n', [await signerFromKey(skey)])
      const { signedBy } = await openNote(note, [parseVerifierKey(vkey)])
      const [text, spoiled] = [note, note.replace('\\n0\\n', '\\n1\\n')]
      const refused = await openNote(spoiled, [parseVerifierKey(vkey)]).then(() => 'taken', error => error.name)
      console.log(signedBy.length, refused)`,
    )
    expect(await run(program, [file], folder)).toEqual({ code: 0, out: '1 NoteRefused\n', err: '' })
  })

  test('are typed for those who write TypeScript, and the examples compile', () => {
    const examples = ['tlog', 'evidence'].map(part => example(part, folder).typed)
    const modules = ['tlog', 'evidence'].flatMap(part =>
      readdirSync(join(folder, 'node_modules/@vidne', part, 'lib'))
        .filter(name => name.endsWith('.js'))
        .map(name => `@vidne/${part}/${name.slice(0, -3)}`),
    )
    writeFileSync(join(folder, 'all.ts'), modules.map((name, at) => `export * as m${at} from '${name}'\n`).join(''))
    const options = { module: 'nodenext', target: 'es2023', strict: true, noEmit: true, skipLibCheck: false }
    const types = { types: ['node'], typeRoots: [join(checkout, 'node_modules/@types')] }
    const config = { compilerOptions: { ...options, ...types }, files: [...examples, 'all.ts'] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const tsc = join(checkout, 'node_modules/typescript/bin/tsc')
    execFileSync(process.execPath, [tsc, '-p', folder], { stdio: 'inherit' })
    expect(modules.length).toBeGreaterThan(30)
  })
})

describe('the verifier, one file', () => {
  let folder: string
  beforeAll(() => {
    folder = installed('verifier-alone', [tarball('verifier')])
    copyOfVectors(folder)
    copyFileSync(join(vectors, 'trust.policy'), join(folder, 'court.policy'))
    copyFileSync(join(vectors, '../tampered/field-changed.zip'), join(folder, 'field-changed.zip'))
  })

  test.each(nodes())('verifies a genuine package and refuses a tampered one under Node $name', async ({ program }) => {
    const command = join(folder, 'node_modules/.bin/vidne-verify')
    const verify = (...words: string[]) => run(program, [command, ...words], folder)
    const good = await verify('case.zip', '--trust', 'trust.policy', '--json')
    expect(good).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse(good.out)).toMatchObject({ intact: true, history: 'checked', countersigned: ['press', 'mapper'] })
    expect(await verify('field-changed.zip', '--trust', 'trust.policy')).toMatchObject({ code: 1, err: '' })
    expect(await verify('case.zip')).toMatchObject({ code: 1 })
    expect(await verify('trust.policy')).toMatchObject({ code: 2 })
  })

  test.each(nodes())('says which one it is under Node $name', async ({ program }) => {
    const command = join(folder, 'node_modules/.bin/vidne-verify')
    expect(await run(program, [command, '--version'], folder)).toEqual({
      code: 0,
      out: 'vidne-verify 0.1.0\n',
      err: '',
    })
  })

  test('runs as `npx vidne-verify`', () => {
    const words = ['vidne-verify', 'case.zip', '--trust', 'trust.policy', '--lang', 'da']
    expect(npm(['exec', '--', ...words], folder)).toContain('Efterprøvet')
  })

  test.each(nodes())('is a library too, under Node $name', async ({ program }) => {
    const said = await run(program, [example('verifier', folder).plain], folder)
    expect(said).toMatchObject({ code: 0, err: '', out: expect.stringContaining("history: 'checked'") })
  })

  test('brings the page that opens from a disk', () => {
    const page = readFileSync(join(folder, 'node_modules/@vidne/verifier/verify.html'), 'utf8')
    expect(page).toMatch(/^<!doctype html>/)
  })
})

describe('the dock agent, one file', () => {
  let here: Installation
  let folder: string
  beforeAll(async () => {
    here = await found('uk-met')
    folder = installed('dock-alone', [tarball('dock-agent')])
    writeFileSync(join(folder, 'dock.token'), here.deviceToken, { mode: 0o600 })
  })
  afterAll(() => here?.stop())

  test.each(nodes())('says which one it is under Node $name', async ({ program }) => {
    const command = join(folder, 'node_modules/.bin/vidne-dock')
    expect(await run(program, [command, '--version'], folder)).toEqual({ code: 0, out: 'vidne-dock 0.1.0\n', err: '' })
  })

  test('says once, and not for every file, that its token is not known', async () => {
    const camera = join(folder, 'camera-unknown')
    mkdirSync(camera)
    for (let nth = 0; nth < 9; nth++) writeFileSync(join(camera, `${nth}.MP4`), `footage ${nth}`)
    writeFileSync(join(folder, 'other.token'), 'of-somebody-else', { mode: 0o600 })
    const words = [camera, '--server', here.url, '--token', '@other.token', '--json']
    const said = await run(process.execPath, [join(folder, 'node_modules/.bin/vidne-dock'), ...words], folder)
    expect(said).toEqual({ code: 1, out: '', err: expect.stringMatching(/^This token is not known here\.[^\n]*\n$/) })
    expect(await vidne(['dock', ...words.with(4, '@' + join(folder, 'other.token'))])).toEqual({
      code: 1,
      out: '',
      err: `vidne: ${said.err}`,
    })
  })

  test.each(nodes())('docks a camera, checks its receipts and wipes under Node $name', async ({ name, program }) => {
    const camera = join(folder, `camera-${name}`)
    mkdirSync(camera)
    const clip = join(camera, '0001.MP4')
    writeFileSync(clip, `footage seen by ${name}`)
    utimesSync(clip, new Date(Date.now() - 86_400_000), new Date(Date.now() - 86_400_000))
    const words = ['--server', here.url, '--token', '@dock.token', '--trust', here.trust, '--wipe', '--json']
    const dock = [join(folder, 'node_modules/.bin/vidne-dock'), camera, ...words]
    const kept = await run(program, dock, folder)
    expect(JSON.parse(kept.out)).toMatchObject({ path: '0001.MP4', verified: false, wiped: false })
    expect(existsSync(clip)).toBe(true)
    const said = await run(program, [...dock, '--rehearsal'], folder)
    expect(said).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse(said.out)).toMatchObject({ path: '0001.MP4', verified: true, wiped: true })
    expect(existsSync(clip)).toBe(false)
  })
})
