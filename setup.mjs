// Brings what this checkout needs and hands over: npm packages (which bring Node 26) for every verb, and on Debian as
// root the system's packages that the verb wants. Runs on any Node from 18 and has no dependency of its own.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { fileURLToPath } from 'node:url'
import { become, node26 } from './node26.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const bin = name => join(here, 'node_modules', name)

/** What Debian offers for each part that is not on npm: the program that shows it is there, and its packages. */
const SYSTEM = {
  ffmpeg: {
    shows: ['ffmpeg', 'ffprobe'],
    packages: ['ffmpeg'],
    without: 'AVI and legacy footage are sealed but not read',
  },
  bubblewrap: {
    shows: ['bwrap'],
    packages: ['bubblewrap'],
    without: 'ffprobe reads footage under limits, but without a sandbox around it',
  },
  postgresql: { shows: ['/usr/lib/postgresql'], packages: ['postgresql'], without: 'the suites on PostgreSQL' },
  chromium: { shows: ['chromium'], packages: ['chromium'], without: 'the suites in a browser' },
  radosgw: {
    shows: ['radosgw', 'ceph-osd', 'ceph-mon'],
    packages: ['radosgw', 'ceph-osd', 'ceph-mon', 'ceph-mgr', 'ceph-common'],
    without: 'the suites on an S3-compatible store',
  },
  disks: {
    shows: ['/usr/sbin/mkfs.ext4', '/usr/bin/mount'],
    packages: ['e2fsprogs', 'mount'],
    without: 'the suites with full disks and power cuts',
  },
  python3: { shows: ['python3'], packages: ['python3'], without: "the suites with other people's readers of ZIP" },
  openssl: { shows: ['openssl'], packages: ['openssl'], without: 'the suites with a certificate of their own' },
  time: { shows: ['/usr/bin/time'], packages: ['time'], without: 'the memory of single commands' },
}

/** What the system has to bring for reading all footage; everything else of it is for tests and benches. */
const READING = ['ffmpeg', 'bubblewrap']
const BENCHES = ['postgresql', 'python3', 'openssl', 'time']

/** What the desk is built from; when none of it changed, what was built still holds. */
const DESK_SOURCES = [
  'web',
  'locales',
  'contract',
  'evidence',
  'tlog',
  'verifier',
  'media',
  'policies',
  'package-lock.json',
]

const verbs = { start, demo, test, check, requirements, bench, torture, pack, screenshots, desk: buildDesk }
const [verb = 'start', ...rest] = process.argv.slice(2)
const chosen = verbs[verb]
if (!chosen) stop(`setup.mjs knows ${Object.keys(verbs).join(', ')}; "${verb}" is none of them.`)
installPackages()
await chosen(rest)

async function start(args) {
  await fetchReading()
  buildDesk()
  const data = process.env.VIDNE_DATA ?? defaultDataFolder()
  const words = ['serve', ...(args.includes('--data') ? [] : ['--data', data]), ...args]
  become(runtime(), [join(here, 'cli/bin/vidne.mjs'), ...words], environment())
}

/** A rehearsal to look around in. Needs nothing of the system: its clips are in the repository, and every browser plays them. */
function demo(args) {
  buildDesk()
  become(runtime(), [join(here, 'demo/demo.ts'), ...args], environment())
}

function test(args) {
  installSystem(Object.keys(SYSTEM).filter(part => part !== 'time'))
  buildDesk()
  // With CI=true a suite whose server cannot be had fails instead of being left out with a line that says so.
  process.exit(run([bin('vitest/vitest.mjs'), 'run', ...args]))
}

function check() {
  /** @type {[string, string[]][]} */
  const steps = [
    ['types', [bin('typescript/bin/tsc'), '-p', 'tsconfig.json']],
    ['lint', [bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings']],
    ['format', [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']],
    ['unused', [bin('knip/bin/knip.js'), '--no-progress']],
    // npm is pinned by nobody here: whoever clones has one, and 10 is enough.
    ['workspaces', [bin('sherif/index.js'), '-r', 'root-package-manager-field']],
    ['house rules', [bin('vitest/vitest.mjs'), 'run', 'checks']],
  ]
  let failed = 0
  for (const [name, args] of steps) {
    console.log(`check: ${name}`)
    if (run(args) !== 0) failed++
  }
  console.log(failed === 0 ? 'check: all hold' : `check: ${failed} of ${steps.length} failed`)
  process.exit(failed === 0 ? 0 : 1)
}

function requirements(args) {
  installSystem(Object.keys(SYSTEM).filter(part => part !== 'time'))
  buildDesk()
  process.exit(run([join(here, 'checks/requirements.ts'), ...args]))
}

function bench(args) {
  installSystem(BENCHES)
  buildDesk()
  process.exit(run([join(here, 'bench/bench.ts'), ...args]))
}

function screenshots(args) {
  installSystem(['chromium'])
  buildDesk()
  process.exit(run([join(here, 'e2e/desk/screenshots.ts'), ...args]))
}

function torture(args) {
  installSystem(['postgresql', 'radosgw', 'disks'])
  process.exit(run([bin('vitest/vitest.mjs'), 'run', 'torture', ...args], { VIDNE_TORTURE: 'full' }))
}

function pack() {
  process.exit(run([join(here, 'pack.ts')]))
}

/** Installs exactly the lock file, once a lock and platform. npm's own Node does it: ours lies in the folder it empties. */
function installPackages() {
  const stamp = bin('.vidne-installed')
  const lock = readFileSync(join(here, 'package-lock.json'))
  const wanted = createHash('sha256').update(lock).update(process.platform).update(process.arch).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && node26() !== null) return
  console.error('Installing the packages of this checkout …')
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
  const { npm_node_execpath: node, npm_execpath: npm } = process.env
  const result = npm
    ? spawnSync(node ?? process.execPath, [npm, ...args], { cwd: here, stdio: ['ignore', 2, 2] })
    : spawnSync('npm', args, { cwd: here, stdio: ['ignore', 2, 2] })
  if (result.status !== 0)
    stop('The packages could not be installed. Is the npm registry reachable? Nothing was started.')
  writeFileSync(stamp, wanted)
}

/** Builds the web application, once for a state of its sources. Everything but the screens works without it. */
function buildDesk() {
  // Where it was built elsewhere and brought along, its sources are not here.
  if (!existsSync(join(here, 'web/vite.config.ts'))) return
  const built = join(here, 'web/dist')
  const stamp = join(built, '.vidne-built')
  const hash = createHash('sha256')
  for (const path of DESK_SOURCES.flatMap(filesBelow)) hash.update(path).update(readFileSync(join(here, path)))
  const wanted = hash.digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  console.error('Building the desk …')
  const words = [bin('vite/bin/vite.js'), 'build', '--logLevel', 'error', 'web']
  const { status } = spawnSync(runtime(), words, { cwd: here, stdio: ['ignore', 2, 2], env: environment() })
  if (status === 0) writeFileSync(stamp, wanted)
  else if (existsSync(join(built, 'index.html')))
    console.error('The desk could not be built; the one built before is shown.')
  else console.error('The desk could not be built; everything but the screens works.')
}

/** Paths below the checkout, in their order; built things and installed packages are no sources. */
function filesBelow(path) {
  if (!statSync(join(here, path)).isDirectory()) return [path]
  const names = readdirSync(join(here, path)).filter(name => name !== 'node_modules' && name !== 'dist')
  return names.sort().flatMap(name => filesBelow(join(path, name)))
}

function runtime() {
  const node = node26()
  if (node === null)
    stop(`There is no Node 26 for ${process.platform} ${process.arch} on npm; install Node 26 and start again.`)
  return node
}

function environment(extra = {}) {
  const path = [dirname(runtime()), bin('.bin'), process.env.PATH].join(delimiter)
  return { ...process.env, ...extra, PATH: path }
}

function run(args, extra) {
  return spawnSync(runtime(), args, { cwd: here, stdio: 'inherit', env: environment(extra) }).status ?? 1
}

/** Data lies outside the checkout, so that a `git clean` can never delete evidence. */
function defaultDataFolder() {
  if (process.getuid?.() === 0) return '/var/lib/vidne'
  return join(process.env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'vidne')
}

function present(part) {
  const places = (process.env.PATH ?? '').split(delimiter)
  return SYSTEM[part].shows.every(name =>
    name.startsWith('/') ? existsSync(name) : places.some(place => existsSync(join(place, name))),
  )
}

function onDebianAsRoot() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version')
}

function apt(parts) {
  const packages = parts.flatMap(part => SYSTEM[part].packages)
  console.error(`Installing from Debian: ${packages.join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const quiet = { stdio: ['ignore', 'ignore', 2], env }
  spawnSync('apt-get', ['update', '-qq'], quiet)
  return spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], quiet).status === 0
}

function installSystem(parts) {
  const missing = parts.filter(part => !present(part))
  if (missing.length > 0 && onDebianAsRoot()) apt(missing)
  for (const part of missing.filter(part => !present(part)))
    console.error(`${part} is not here and could not be installed; left out: ${SYSTEM[part].without}.`)
}

async function fetchReading() {
  const missing = READING.filter(part => !present(part))
  if (missing.length > 0 && onDebianAsRoot() && (await agreed(missing))) apt(missing)
  for (const part of missing.filter(part => !present(part)))
    console.error(`Without ${part}: ${SYSTEM[part].without}. (Debian: apt-get install ${part})`)
}

/** Asks on a terminal; where nobody sits at one, nobody can say no. On stderr, since stdout is for the server's line. */
async function agreed(parts) {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return true
  const ask = createInterface({ input: process.stdin, output: process.stderr })
  ask.once('SIGINT', () => process.exit(130))
  // Ctrl-D ends it without an answer, which is no yes.
  const closed = new Promise(done => ask.once('close', () => done(null)))
  const question = `Install ${parts.join(' and ')} from Debian, to read all footage? [Y/n] `
  const answer = await Promise.race([ask.question(question), closed])
  ask.close()
  if (answer === null) console.error()
  return answer !== null && !/^n/i.test(answer.trim())
}

function stop(sentence) {
  console.error(sentence)
  process.exit(1)
}
