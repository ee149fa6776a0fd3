// The dock agent as a program of its own, for the small computer beside a charging rack.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { PolicyRefused } from '@vidne/tlog/policy'
import { FolderRefused, dockFolder } from './dock-agent.ts'
import type { DockWish } from './dock-agent.ts'
import { faultWords } from './faults.ts'
import { TokenRefused } from './server.ts'
import { stateFolder, tellDocking } from './telling.ts'

const USAGE = `vidne-dock FOLDER --server URL --token @FILE [--trust FILE] [--camera ID] [--wipe] [--rehearsal]
           [--json] [--receipts FOLDER] [--journal FOLDER]
vidne-dock --version

Docks every file below FOLDER, a camera's mounted storage. --wipe removes a file once its receipt was verified
against the trust file; it needs --trust. A receipt from a rehearsal installation is verified, and a camera wiped on it, only
with --rehearsal. The token may also stand in VIDNE_TOKEN.
Ends with 0 when every file is docked, 1 when one or the token was refused, 2 when the command cannot be understood.
`

/** The command line cannot be understood. */
class UsageRefused extends Error {
  override readonly name = 'UsageRefused'
}

const OPTIONS = {
  server: { type: 'string' },
  token: { type: 'string' },
  trust: { type: 'string' },
  camera: { type: 'string' },
  receipts: { type: 'string' },
  journal: { type: 'string' },
  wipe: { type: 'boolean' },
  rehearsal: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
  version: { type: 'boolean', short: 'V' },
} as const

process.exitCode = await run(process.argv.slice(2))

async function run(words: readonly string[]): Promise<number> {
  try {
    const asked = understand(words)
    if (asked === 'help') return say(process.stdout, USAGE, 0)
    if (asked === 'version') return say(process.stdout, `vidne-dock ${version()}\n`, 0)
    const telling = tellDocking(asked.json)
    const outcome = await dockFolder({ ...asked.wish, onEvent: telling.tell }).finally(telling.end)
    return outcome.refused === 0 ? 0 : 1
  } catch (error) {
    if (error instanceof UsageRefused) return say(process.stderr, `${error.message}\n\n${USAGE}`, 2)
    if (error instanceof PolicyRefused)
      return say(process.stderr, `the trust file cannot be read: ${error.message}\n`, 2)
    if (error instanceof TokenRefused) return say(process.stderr, `${error.message}\n`, 1)
    if (error instanceof FolderRefused) return say(process.stderr, `${error.message}\n`, 2)
    throw error
  }
}

function understand(words: readonly string[]): { wish: Omit<DockWish, 'onEvent'>; json: boolean } | 'help' | 'version' {
  const { values, positionals } = parsed(words)
  if (values.help === true) return 'help'
  if (values.version === true) return 'version'
  const [folder, ...more] = positionals
  if (folder === undefined || more.length > 0) throw new UsageRefused('Name one folder.')
  if (values.wipe === true && values.trust === undefined) {
    throw new UsageRefused('--wipe needs --trust: a camera is wiped only on a receipt that was verified here.')
  }
  const state = stateFolder()
  const wish = {
    folder,
    server: serverIn(values.server ?? process.env['VIDNE_SERVER']),
    token: tokenIn(values.token),
    trust: values.trust === undefined ? null : contentOf(values.trust, '--trust'),
    camera: values.camera ?? null,
    wipe: values.wipe === true,
    rehearsal: values.rehearsal === true,
    receipts: values.receipts ?? join(state, 'receipts'),
    journal: values.journal ?? join(state, 'journal'),
  }
  return { wish, json: values.json === true }
}

/** Beside the sources as beside what is published. */
function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : ''
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true, strict: true })
  } catch (cause) {
    throw new UsageRefused(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

function serverIn(text: string | undefined): string {
  const url = text !== undefined && URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageRefused('--server must be an address such as https://vidne.example.org.')
  }
  return url.href.replace(/\/+$/, '')
}

function tokenIn(given: string | undefined): string {
  const token = given ?? process.env['VIDNE_TOKEN']
  if (token === undefined || token === '')
    throw new UsageRefused('--token @FILE is missing, and VIDNE_TOKEN is not set.')
  if (token.startsWith('@')) return contentOf(token.slice(1), '--token').trim()
  if (given !== undefined) {
    process.stderr.write('warning: others on this machine can read a token on the command line; use --token @FILE\n')
  }
  return token
}

function contentOf(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new UsageRefused(`${option}: ${file} cannot be read: ${faultWords(cause) ?? 'it is no file'}.`, { cause })
  }
}

function say(to: NodeJS.WriteStream, text: string, code: number): number {
  to.write(text)
  return code
}
