import { dirname, join, normalize } from 'node:path'
import { parseSync } from 'oxc-parser'
import { expect, test } from 'vitest'
import { filesOf, textOf } from './tree.ts'

/** Which part of the house may import which (design §3). */
const table: Record<string, readonly string[]> = {
  tlog: [],
  statistics: [],
  evidence: ['tlog'],
  policies: [],
  locales: [],
  verifier: ['evidence', 'tlog', 'locales'],
  media: ['evidence'],
  contract: ['evidence', 'policies'],
  server: ['contract', 'evidence', 'tlog', 'media', 'statistics', 'policies', 'locales'],
  web: ['contract', 'evidence', 'tlog', 'verifier', 'media', 'policies', 'locales'],
  demo: ['server', 'contract', 'policies', 'tlog'],
  'dock-agent': ['contract', 'evidence', 'tlog'],
  cli: ['server', 'dock-agent', 'verifier', 'contract', 'evidence', 'tlog', 'policies', 'locales'],
}

/** The life of a recording; a stage imports only the doors of stages before it. */
const stages = ['equip', 'rules', 'record', 'dock', 'seal', 'keep', 'review', 'share', 'answer', 'evaluate']
const sharedGround = ['people', 'platform']
/** The operator's verbs, an agency's configuration and the page of one recording stand beside the stages and use their doors. */
const beside = ['operations', 'configuring', 'recording-page']

type Import = { from: string; to: string; test: boolean }

function importsOf(path: string): Import[] {
  const { module } = parseSync(path, textOf(path))
  const dynamic = module.dynamicImports.map(one =>
    textOf(path).slice(one.moduleRequest.start + 1, one.moduleRequest.end - 1),
  )
  const names = [...module.staticImports.map(one => one.moduleRequest.value), ...dynamic]
  return names.map(to => ({ from: path, to, test: /\.test\.ts$|\/testing\//.test(path) }))
}

const imports = filesOf('*/src/**/*.ts', '*/src/**/*.tsx', '*/src/**/*.mts').flatMap(importsOf)
const partOf = (path: string) => path.split('/')[0] ?? ''

test('the reader of imports saw the house', () => {
  expect(imports.length).toBeGreaterThan(100)
  expect(new Set(imports.map(one => partOf(one.from))).size).toBeGreaterThan(5)
})

test('parts import only what the table allows', () => {
  const forbidden = imports.filter(({ from, to }) => {
    const target = to.match(/^@vidne\/([^/]+)/)?.[1]
    const crossing = to.startsWith('.') && partOf(normalize(join(dirname(from), to))) !== partOf(from)
    return crossing || (target !== undefined && !(table[partOf(from)] ?? []).includes(target))
  })
  expect(forbidden.filter(one => !one.test)).toEqual([])
})

/** A path below `server/src` as stage (or shared ground) and file; null outside a stage. */
function placeInServer(path: string): { stage: string; file: string } | null {
  const [, stage, file] = path.match(/^server\/src\/([^/]+)\/(.+)$/) ?? []
  return stage === undefined || file === undefined ? null : { stage, file }
}

function crossesStages({ from, to }: Import): boolean {
  const here = placeInServer(from)
  const there = to.startsWith('.') ? placeInServer(normalize(join(dirname(from), to))) : null
  if (here === null || there === null || here.stage === there.stage) return false
  if (sharedGround.includes(there.stage)) return here.stage === 'platform'
  if (sharedGround.includes(here.stage)) return true
  const order = beside.includes(here.stage) ? stages.length : stages.indexOf(here.stage)
  return stages.indexOf(there.stage) >= order || there.file !== `${there.stage}.ts`
}

test('a stage imports only doors of stages before it, and shared ground imports no stage', () => {
  expect(imports.filter(one => !one.test && crossesStages(one))).toEqual([])
})
