// Makes what people get without the rest: tlog, evidence, verifier and dock agent as npm packages of plain JavaScript.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makePage } from './verifier/build.ts'

const here = import.meta.dirname

/** In the order of their imports. A program carries what it imports, so that its one file runs without a registry. */
const published = [
  { part: 'tlog', carries: [] },
  { part: 'evidence', carries: [] },
  { part: 'verifier', carries: ['tlog', 'evidence', 'locales'] },
  { part: 'dock-agent', carries: ['tlog', 'evidence'] },
] as const

const NODE = '>=20.19'

type Manifest = {
  name: string
  version: string
  description: string
  license: string
  imports?: Record<string, Record<string, string>>
  bin?: Record<string, string>
  dependencies?: Record<string, string>
}

export type Tarball = { part: string; file: string; sha256: string; bytes: number }

/** Emits, stages and packs the published parts below a folder, which is emptied first. */
export async function packParts(into: string): Promise<Tarball[]> {
  rmSync(into, { recursive: true, force: true })
  const emitted = emit(join(into, 'emitted'))
  const locales = stageLocales(emitted, join(into, 'locales'))
  const tarballs: Tarball[] = []
  for (const { part, carries } of published) {
    const folder = join(into, part)
    stage(part, emitted, folder, carries)
    if (part === 'verifier') writeFileSync(join(folder, 'verify.html'), await makePage())
    for (const carried of carries)
      carry(folder, `@vidne/${carried}`, carried === 'locales' ? locales : join(into, carried))
    if (carries.length > 0)
      for (const name of namesBelow('@noble')) carry(folder, name, join(here, 'node_modules', name))
    tarballs.push({ part, ...npmPack(folder, into) })
  }
  return tarballs
}

/** JavaScript and declarations of all published parts, one file a source, without tests and pages. */
function emit(into: string): string {
  mkdirSync(into, { recursive: true })
  const parts = [...published.map(({ part }) => part), 'locales']
  const config = {
    extends: join(here, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      allowImportingTsExtensions: false,
      rewriteRelativeImportExtensions: true,
      declaration: true,
      target: 'es2023',
      rootDir: here,
      outDir: into,
      typeRoots: [join(here, 'node_modules/@types')],
    },
    include: parts.map(part => join(here, part, 'src/**/*.ts')),
    exclude: [join(here, '**/*.test.ts'), join(here, '**/testing/**'), join(here, 'verifier/src/page/**')],
  }
  writeFileSync(join(into, 'tsconfig.json'), JSON.stringify(config))
  run(process.execPath, [join(here, 'node_modules/typescript/bin/tsc'), '-p', into])
  for (const file of filesBelow(into, /\.d\.ts$/)) rewrite(file, [/((?:from |import\()'\.[^']*)\.ts'/g, "$1.js'"])
  return into
}

/** The words as modules: Node 20 warns at JSON, and compilers of others would need to be told that they may read it. */
function stageLocales(emitted: string, folder: string): string {
  const manifest = manifestOf('locales')
  mkdirSync(folder, { recursive: true })
  for (const file of readdirSync(join(here, 'locales')).filter(name => /^[a-z]{2}\.json$/.test(name))) {
    const words: unknown = JSON.parse(readFileSync(join(here, 'locales', file), 'utf8'))
    const language = file.slice(0, 2)
    writeFileSync(join(folder, `${language}.js`), `export default ${JSON.stringify(words, null, 1)}\n`)
    const shape = JSON.stringify(words, (_, value) => (typeof value === 'string' ? '' : value), 1)
    const declared = `declare const words: ${shape.replaceAll('""', 'string')}\nexport default words\n`
    writeFileSync(join(folder, `${language}.d.ts`), declared)
  }
  for (const kind of ['js', 'd.ts']) {
    cpSync(join(emitted, 'locales/src', `say.${kind}`), join(folder, `say.${kind}`))
    rewrite(join(folder, `say.${kind}`), [/'\.\.\/(\w+)\.json'(?: with \{ type: 'json' \})?/g, "'./$1.js'"])
  }
  cpSync(join(here, 'LICENSE'), join(folder, 'LICENSE'))
  const exported = { './*': { types: './*.d.ts', default: './*.js' } }
  writeManifest(folder, { ...described(manifest), exports: exported })
  return folder
}

function stage(part: string, emitted: string, folder: string, carries: readonly string[]): void {
  const manifest = manifestOf(part)
  cpSync(join(emitted, part, 'src'), join(folder, 'lib'), { recursive: true })
  cpSync(join(here, part, 'README.md'), join(folder, 'README.md'))
  const license = manifest.license === 'Apache-2.0' ? join(here, part, 'LICENSE') : join(here, 'LICENSE')
  cpSync(license, join(folder, 'LICENSE'))
  for (const [command, path] of Object.entries(manifest.bin ?? {})) writeProgram(join(folder, path), command)
  const { imports, bin, dependencies } = manifest
  writeManifest(folder, {
    ...described(manifest),
    exports: { './*': { types: './lib/*.d.ts', default: './lib/*.js' } },
    ...(imports === undefined ? {} : { imports: JSON.parse(emittedPaths(JSON.stringify(imports))) as unknown }),
    ...(bin === undefined ? {} : { bin }),
    dependencies,
    ...(carries.length === 0 ? {} : { bundleDependencies: Object.keys(dependencies ?? {}) }),
  })
}

function described({ name, version, description, license }: Manifest) {
  return { name, version, description, license, type: 'module', engines: { node: NODE } }
}

function emittedPaths(text: string): string {
  return text.replaceAll(/\.\/src\/([\w.-]+)\.ts/g, './lib/$1.js')
}

function writeProgram(file: string, command: string): void {
  mkdirSync(join(file, '..'), { recursive: true })
  const sentence = `${command} needs Node 20.19 or later; this is`
  writeFileSync(
    file,
    `#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major > 20 || (major === 20 && minor >= 19)) await import('../lib/main.js')
else {
  console.error('${sentence} ' + process.version)
  process.exitCode = 2
}
`,
  )
  chmodSync(file, 0o755)
}

function carry(folder: string, name: string, from: string): void {
  cpSync(from, join(folder, 'node_modules', name), {
    recursive: true,
    dereference: true,
    filter: path => !path.startsWith(join(from, 'node_modules')),
  })
}

function npmPack(folder: string, into: string): Omit<Tarball, 'part'> {
  const said = npm(['pack', folder, '--pack-destination', into, '--json'], into)
  const name = /"filename": "([^"]+)"/.exec(said)?.[1]
  if (name === undefined) throw new Error(`npm pack ${folder} named no file`)
  const file = join(into, name)
  const bytes = readFileSync(file)
  return { file, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length }
}

/** What npm says, asking no registry. Its own Node runs it: an old npm may not know ours. Throws with its words when it fails. */
export function npm(words: readonly string[], folder: string): string {
  const { npm_execpath: program = '', npm_node_execpath: node = process.execPath } = process.env
  const all = ['--offline', '--ignore-scripts', '--loglevel=error', ...words]
  return program.endsWith('npm-cli.js') ? run(node, [program, ...all], folder) : run('npm', all, folder)
}

function run(program: string, words: readonly string[], cwd = here): string {
  const { status, stdout, stderr } = spawnSync(program, words, { cwd, encoding: 'utf8', maxBuffer: 2 ** 26 })
  if (status !== 0) throw new Error(`${program} ${words.join(' ')} failed:\n${stdout}${stderr}`)
  return stdout
}

function manifestOf(part: string): Manifest {
  return JSON.parse(readFileSync(join(here, part, 'package.json'), 'utf8')) as Manifest
}

function writeManifest(folder: string, manifest: Readonly<Record<string, unknown>>): void {
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

function namesBelow(scope: string): string[] {
  return readdirSync(join(here, 'node_modules', scope)).map(name => `${scope}/${name}`)
}

function filesBelow(folder: string, form: RegExp): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.filter(name => form.test(name)).map(name => join(folder, name))
}

function rewrite(file: string, [form, by]: readonly [RegExp, string]): void {
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(form, by))
}

if (import.meta.main)
  for (const { file, bytes, sha256 } of await packParts(join(here, 'dist')))
    process.stdout.write(`${file}: ${bytes} bytes, SHA-256 ${sha256}\n`)
