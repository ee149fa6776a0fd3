import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { leftOut } from '../checks/left-out.ts'

let checkout: string
const at = (name: string) => join(checkout, name)
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'vidne-set-up-'))
  for (const file of ['setup.mjs', 'node26.mjs']) cpSync(join(import.meta.dirname, '..', file), at(file))
  const lock = '{}'
  write('package-lock.json', lock)
  // Its npm packages are there already.
  const stamp = createHash('sha256').update(lock).update(process.platform).update(process.arch).digest('hex')
  write('node_modules/.vidne-installed', stamp)
  write('cli/bin/vidne.mjs', 'console.log(process.argv.slice(2).join(" "))')
})
afterEach(() => rmSync(checkout, { recursive: true }))

function write(name: string, text: string): void {
  mkdirSync(dirname(at(name)), { recursive: true })
  writeFileSync(at(name), text)
}

/** A program that is found before any other of its name. */
function program(name: string, script = ''): void {
  write(`bin/${name}`, `#!/bin/sh\n${script}\n`)
  chmodSync(at(`bin/${name}`), 0o755)
}

/** Notes what it was asked for; then does what is left of the script. */
const aptThat = (script: string) => program('apt-get', `echo "$@" >> ${at('asked')}\n${script}`)
const brings = (...names: string[]) =>
  names.map(name => `printf '#!/bin/sh\\n' > ${at(`bin/${name}`)}; /bin/chmod +x ${at(`bin/${name}`)}`).join('\n')
const asked = () => (existsSync(at('asked')) ? readFileSync(at('asked'), 'utf8').trim().split('\n') : [])

type Said = { code: number | null; out: string; err: string }

/** `npm start`; at a terminal when somebody answers there. */
function start(answer?: string): Promise<Said> {
  const words = [process.execPath, at('setup.mjs'), 'start', '--data', '/nowhere']
  const [command = '', ...rest] =
    answer === undefined ? words : ['/usr/bin/script', '-qec', words.join(' '), '/dev/null']
  const env = { PATH: at('bin'), HOME: checkout, SHELL: '/bin/sh' }
  return new Promise((done, failed) => {
    const child = spawn(command, rest, { env })
    const said = { out: '', err: '' }
    child.stdout.on('data', chunk => {
      said.out += String(chunk)
      if (String(chunk).includes('[Y/n]')) child.stdin.end(answer)
    })
    child.stderr.on('data', chunk => (said.err += String(chunk)))
    child.on('error', failed)
    child.on('close', code => done({ code, ...said }))
    if (answer === undefined) child.stdin.end()
  })
}

const served = 'serve --data /nowhere'
const without = 'Without ffmpeg: AVI and legacy footage are sealed but not read. (Debian: apt-get install ffmpeg)'
const lines = (text: string) => text.split(/\r?\n/).filter(line => line.startsWith('Without '))

test('what is there already is not asked of anybody', async () => {
  aptThat('')
  for (const name of ['ffmpeg', 'ffprobe', 'bwrap']) program(name)
  expect(await start()).toEqual({ code: 0, out: `${served}\n`, err: '' })
  expect(asked()).toEqual([])
})

const reason = process.getuid?.() === 0 && existsSync('/etc/debian_version') ? null : 'this is not Debian as root'
describe.skipIf(leftOut('npm start that fetches ffmpeg', reason))('npm start on Debian as root', () => {
  beforeEach(() => program('bwrap'))

  test('brings ffmpeg by itself where nobody sits at a terminal', async () => {
    aptThat(brings('ffmpeg', 'ffprobe'))
    const said = await start()
    expect(said).toMatchObject({ code: 0, out: `${served}\n`, err: 'Installing from Debian: ffmpeg\n' })
    expect(asked()).toEqual(['update -qq', 'install -y -qq --no-install-recommends ffmpeg'])
  })

  test.each([
    ['fails', 'echo "E: no network" >&2; exit 100'],
    ['is content and has brought nothing', ''],
  ])('serves without, and says so in one line, when apt-get %s', async (_, script) => {
    aptThat(script)
    const said = await start()
    expect(said).toMatchObject({ code: 0, out: `${served}\n` })
    expect(lines(said.err)).toEqual([without])
  })

  test('serves without, and says so in one line, when there is no apt-get', async () => {
    const said = await start()
    expect(said).toMatchObject({ code: 0, out: `${served}\n` })
    expect(lines(said.err)).toEqual([without])
  })

  test.each([
    ['yes', 'y\n', true],
    ['by the return key alone', '\n', true],
    ['no', 'n\n', false],
    ['by leaving', '\u0004', false],
  ])('asks on a terminal, and is answered %s', async (_, answer, agreed) => {
    aptThat(brings('ffmpeg', 'ffprobe'))
    const { out } = await start(answer)
    expect(out).toContain('Install ffmpeg from Debian, to read all footage? [Y/n]')
    expect(asked()).toHaveLength(agreed ? 2 : 0)
    expect(lines(out)).toEqual(agreed ? [] : [without])
    expect(out).toContain(served)
  })

  test('is ended at the question by Ctrl-C, and has started nothing', async () => {
    aptThat('')
    const { out } = await start('\u0003')
    expect(out).not.toContain(served)
    expect(asked()).toEqual([])
  })
})
