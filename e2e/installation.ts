import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const vidneProgram = join(import.meta.dirname, '../cli/bin/vidne.mjs')

export type Spoken = { code: number; out: string; err: string }

/** Runs the command as a user would, in a process of its own. */
export function vidne(words: readonly string[], env: Record<string, string> = {}): Promise<Spoken> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [vidneProgram, ...words], { env: { ...process.env, ...env } })
    const said = { out: '', err: '' }
    child.stdout.on('data', chunk => (said.out += String(chunk)))
    child.stderr.on('data', chunk => (said.err += String(chunk)))
    child.on('error', failed)
    child.on('close', code => done({ code: code ?? -1, ...said }))
  })
}

/** Where an installation keeps its things: by default embedded, or on servers given by address. */
export type Ground = { database?: string; objects?: string }

type Founding = {
  agency: string
  origin: string
  setupUrl: string
  deviceToken: string
  operatorToken: string
  trust: string
}

export type Installation = Founding & {
  data: string
  url: string
  /** The command against this installation, with the operator's token unless another is given. */
  run(words: readonly string[], token?: string): Promise<Spoken>
  stop(signal?: NodeJS.Signals): Promise<void>
  start(): Promise<void>
}

/** Founds a rehearsal installation with `vidne init` and serves it with `vidne serve`. */
export async function found(
  pack: string,
  ground: Ground & { mode?: 'normal' | 'rehearsal'; agency?: string } = {},
  serveWords: readonly string[] = [],
): Promise<Installation> {
  const data = join(mkdtempSync(join(tmpdir(), 'vidne-e2e-')), 'data')
  const { database, objects } = ground
  const where = [
    ...(database === undefined ? [] : ['--database', database]),
    ...(objects === undefined ? [] : ['--objects', objects]),
  ]
  const mode = ground.mode === 'normal' ? [] : ['--rehearsal']
  const agency = ground.agency ?? 'Prøvekommunen'
  const words = ['init', '--data', data, '--agency', agency, '--pack', pack, ...mode, '--json', ...where]
  const spoken = await vidne(words)
  if (spoken.code !== 0) throw new Error(`vidne init failed: ${spoken.err}`)
  const founding = JSON.parse(spoken.out) as Founding
  const tokenFile = join(data, '..', 'operator.token')
  writeFileSync(tokenFile, founding.operatorToken, { mode: 0o600 })
  let server: ChildProcess | undefined
  const installation: Installation = {
    ...founding,
    data,
    url: '',
    run: (given, token = founding.operatorToken) =>
      vidne([...given, '--server', installation.url], { VIDNE_TOKEN: token }),
    async stop(signal = 'SIGTERM') {
      if (server) await ended(server, signal)
    },
    async start() {
      server = spawn(process.execPath, [vidneProgram, 'serve', '--data', data, '--port', '0', ...serveWords], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      installation.url = await readyUrl(server)
    },
  }
  await installation.start()
  return installation
}

/** The contract of `vidne serve`: one JSON line on stdout when it is ready. */
async function readyUrl(server: ChildProcess): Promise<string> {
  if (server.stdout === null) throw new Error('the server has no stdout')
  for await (const line of createInterface({ input: server.stdout })) {
    const said = JSON.parse(line) as { ready: boolean; url: string }
    if (said.ready) return said.url
  }
  throw new Error('vidne serve ended before it was ready')
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise(done => {
    child.once('exit', () => done())
    child.kill(signal)
  })
}
