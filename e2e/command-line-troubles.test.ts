import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allCommands } from '../cli/src/commands.ts'
import { vidne } from './installation.ts'

// Every command with paths that cannot be used, and with a server that is away: one sentence, an exit code, nothing left over.

const vectors = join(import.meta.dirname, '../vectors/packages')
const root = mkdtempSync(join(tmpdir(), 'vidne-troubles-'))
const at = (name: string) => join(root, name)
const ID = '01999999-0000-7000-8000-000000000000'
const AWAY = ['--server', 'AWAY', '--token', 'x']
let away = ''

beforeAll(async () => {
  mkdirSync(at('camera'))
  writeFileSync(at('camera/1.mp4'), 'film')
  writeFileSync(at('file'), 'no folder, no token, no trust file')
  away = await addressOfNobody()
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function addressOfNobody(): Promise<string> {
  const server = createServer()
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  await new Promise(closed => server.close(closed))
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 9}`
}

/** Words as they are typed: `@name` stands for a path below the test's folder, `@@name` for a token in such a file. */
const typed = (words: readonly string[]) =>
  words.map(word => {
    if (word === 'AWAY') return away
    if (word.startsWith('@@')) return `@${at(word.slice(2))}`
    return word.startsWith('@') ? at(word.slice(1)) : word
  })

/** One sentence of ours on stderr and nothing else: no stack, no code of the machine. */
function expectOneSentence(said: { out: string; err: string }): void {
  const sentences = said.err.split('\n').filter(line => line !== '' && !line.startsWith('warning:'))
  expect(sentences, said.err).toHaveLength(1)
  expect(sentences[0]).not.toMatch(/^\s+at |\bE[A-Z]{5,}\b|\bError\b|undefined/)
  expect(said.out).toBe('')
}

const named =
  /cannot be (?:used|read|written|docked|kept)|is a folder|is a file|holds no|is no backup|nothing of that name|no log here|does not answer/

const NOON = '2099-01-01T12:00:00Z'

const unusable: readonly (readonly [words: string[], code: number])[] = [
  [['init', '--data', '/proc/x', '--agency', 'A', '--pack', 'uk-met'], 2],
  [['init', '--data', '@file/x', '--agency', 'A', '--pack', 'uk-met'], 2],
  [['init', '--data', '@new', '--agency', 'A', '--pack', 'uk-met', '--vault', '/proc/v'], 2],
  [['init', '--data', '@new', '--agency', 'A', '--pack', 'uk-met', '--vault', '@file'], 2],
  [['init', '--data', '@new', '--agency', 'A', '--pack', 'uk-met', '--objects', '/proc/o'], 2],
  [['init', '--data', '@new', '--agency', 'A', '--pack', 'uk-met', '--objects', 'http://x/y'], 2],
  [['init', '--data', '@new', '--agency', 'A', '--pack', 'uk-met', '--tokens', '@nowhere'], 2],
  [['init', '--data', '@new', '--agency', 'A', '--pack', 'uk-met', '--port', ''], 2],
  [['init', '--data', '@new', '--agency', 'A', '--pack', 'uk-met', '--database', 'postgresql://127.0.0.1:1/x'], 1],
  [['dock', '@nowhere', ...AWAY], 2],
  [['dock', '@file', ...AWAY], 2],
  [['dock', '@camera', '--trust', '@nowhere', ...AWAY], 2],
  [['dock', '@camera', '--receipts', '/proc/x', ...AWAY], 2],
  [['dock', '@camera', '--server', 'AWAY', '--token', '@@nowhere'], 2],
  [['recordings', '--server', 'AWAY', '--token', '@@camera'], 2],
  [['export', ID, '--purpose', 'case 1', '--out', '@nowhere/o.zip', ...AWAY], 2],
  [['export', ID, '--purpose', 'case 1', '--out', '@camera', ...AWAY], 2],
  [['statement', ID, '--out', '@nowhere/o.zip', ...AWAY], 2],
  [['view', ID, '--purpose', 'investigation', '--out', '@camera', ...AWAY], 2],
  [['policy', 'diff', '@nowhere', ...AWAY], 2],
  [['policy', 'replay', '@nowhere', '--from', NOON, '--to', NOON, ...AWAY], 2],
  [['policy', 'publish', '@nowhere', '--reason', 'x', ...AWAY], 2],
  [['capacity', 'plan', '@nowhere', ...AWAY], 2],
  [['config', 'import', '@nowhere', '--reason', 'x', ...AWAY], 2],
  [['verify', '@nowhere'], 2],
  [['verify', join(vectors, 'recording.zip'), '--trust', '@nowhere'], 2],
  [['verify', join(vectors, 'recording.zip'), '--demands', '@camera'], 2],
  [['verify', join(vectors, 'recording.zip'), '--receipt', '@nowhere'], 2],
  [['verify', join(vectors, 'recording.zip'), '--footage', '@camera'], 2],
  [['verify', join(vectors, 'recording.zip'), '--log', '@nowhere'], 2],
  [['receipt', '@nowhere'], 2],
  [['receipt', join(vectors, 'receipt.txt'), '--footage', '@camera'], 2],
  [['log', 'check', '--data', '@nowhere'], 1],
  [['log', 'check', '--url', 'AWAY', '--trust', '@nowhere'], 2],
  [['log', 'check', '--url', 'AWAY', '--cosign', '@nowhere'], 2],
  [['log', 'check', '--url', 'AWAY', '--remember', '@nowhere/x'], 2],
  [['log', 'check', '--url', 'AWAY', '--remember', '@camera'], 2],
  [['log', 'check', '--url', 'AWAY', '--out', '@nowhere/x'], 2],
  [['log', 'check', '--url', 'AWAY', '--checkpoint', '@nowhere'], 2],
  [['log', 'prove', '@nowhere', 'now', '--url', 'AWAY'], 2],
  [['log', 'key', 'maps.example.org', '--out', '@nowhere/k'], 2],
  [['log', 'rebuild', '--data', '@nowhere'], 1],
  [['log', 'continue', '--data', '@file'], 1],
  [['backup', '--data', '@nowhere', '--out', '@b'], 1],
  [['restore', '@nowhere', '--data', '@r'], 1],
  [['upgrade', '--check', '--data', '@file'], 1],
  [['vault', 'repair', '--data', '@nowhere'], 1],
  [['objects', 'accept', '--data', '@nowhere'], 1],
  [['objects', 'accept', '--data', '@file', '--lost', '1', '--reason', 'gone'], 1],
  [['serve', '--data', '@file'], 2],
  [['serve', '--data', '@nowhere', '--port', '0', '--tls-cert', '@nowhere', '--tls-key', '@nowhere'], 2],
]

const unanswered: readonly string[][] = [
  ['recordings'],
  ['export', ID, '--purpose', 'case 1', '--out', '@o.zip'],
  ['statement', ID, '--out', '@o.zip'],
  ['hold', ID, '--reason', 'complaint'],
  ['release', ID, '--reason', 'complaint'],
  ['approve', ID],
  ['decline', ID, '--reason', 'not this one'],
  ['withdraw', ID],
  ['approvals'],
  ['categorise', ID, '--rule', 'x', '--basis', 'own knowledge'],
  ['delete', ID, '--reason', 'a mistake'],
  ['admit', ID, '--reason', 'a mistake'],
  ['due', '--by', '2099-01-01'],
  ['run', 'nightly'],
  ['run', 'sweep'],
  ['clock', 'set', '2099-01-01'],
  ['token', 'create', '--person', 'P', '--role', 'supervisor', '--expires', '2099-01-01'],
  [
    'operation',
    'create',
    'PC 1',
    '--title',
    'T',
    '--task',
    'arrest',
    '--from',
    NOON,
    '--until',
    NOON,
    '--ordered-by',
    'C',
  ],
  ['operation', 'list', '--from', NOON, '--until', NOON],
  ['operation', 'tasks'],
  ['reviews'],
  ['review', 'close', ID, '--reason', 'looked at'],
  ['capacity', '--from', '2099-01-01', '--to', '2099-01-02'],
  ['holds'],
  ['holds', 'review', ID, '--reason', 'still needed'],
  ['holds', 'done', ID, 'told'],
  ['downgrade', ID, '--rule', 'x', '--reason', 'a mistake'],
  ['decide', ID, 'delete', '--reason', 'nothing happened'],
  ['case', ID, 'acquitted', '--on', '2099-01-01', '--reason', 'so says the court'],
  ['records'],
  ['records', 'enter', '--kind', 'camera_register', '--ref', 'KS 1', '--about', 'entrance'],
  ['records', 'ended', ID, '--on', '2099-01-01'],
  [
    'records',
    'decision',
    '--kind',
    'camera_register',
    '--authority',
    'KS',
    '--date',
    '2099-01-01',
    '--reference',
    'KS 2',
  ],
  ['records', 'delete', ID, '--decision', ID],
  ['view', ID, '--purpose', 'investigation', '--out', '@v.mp4'],
  ['grant', ID, '--role', 'investigator', '--until', '2099-01-01', '--reason', 'case 1'],
  ['grants', ID],
  ['revoke', ID, ID, '--reason', 'closed'],
  ['policy', 'show'],
  ['policy', 'versions'],
  ['policy', 'accept'],
  ['unit', 'create', 'East'],
  ['unit', 'list'],
  ['unit', 'assign', '--camera', 'C-1', '--unit', 'East'],
  ['training', 'record', '--person', 'P', '--course', 'C', '--completed', '2026-01-01'],
  ['training', 'list'],
  ['training', 'revoke', ID],
  ['delegate', '--to', 'P', '--until', '2099-01-01'],
  ['delegation', 'list'],
  ['delegation', 'end', ID],
  ['config', 'export', '--out', '@c'],
  ['token', 'list'],
  ['token', 'revoke', ID],
]
const unansweredLogs: readonly string[][] = [
  ['log', 'check', '--url', 'AWAY'],
  ['log', 'prove', 'now', 'now', '--url', 'AWAY'],
  ['log', 'copy', '--url', 'AWAY', '--out', '@copy'],
]

describe('a path that cannot be used', () => {
  test.each(unusable)('%j is named in one sentence, and exits with %i', async (words, code) => {
    const before = readdirSync(root)
    const said = await vidne(typed(words))
    expect(said).toMatchObject({ code })
    expectOneSentence(said)
    expect(said.err).toMatch(named)
    expect(readdirSync(root)).toEqual(before)
  })
})

describe('a server that is away', () => {
  test.each([...unanswered.map(words => [...words, ...AWAY]), ...unansweredLogs])('%s is told', async (...words) => {
    const before = readdirSync(root)
    const said = await vidne(typed(words))
    expect(said).toMatchObject({ code: 1 })
    expectOneSentence(said)
    expect(said.err).toContain(away)
    expect(said.err).toMatch(/does not answer/)
    expect(readdirSync(root)).toEqual(before)
  })
})

test('no command is left out here', async () => {
  const tried = [...unusable.map(([words]) => words), ...unanswered, ...unansweredLogs].map(words => words.join(' '))
  const names = (await allCommands()).map(one => one.name)
  // The doctor answers with findings, also where there is nothing.
  expect(names.filter(name => name !== 'doctor' && !tried.some(words => `${words} `.startsWith(`${name} `)))).toEqual(
    [],
  )
})
