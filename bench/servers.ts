import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const vidne = join(import.meta.dirname, '../cli/bin/vidne.mjs')

/** A server under test, in a process of its own. */
export type Running = { url: string; pid: number; stop(): Promise<void> }

export type Installation = {
  data: string
  folder: string
  deviceToken: string
  operatorToken: string
  trust: string
  remove(): void
}

/** Founds a rehearsal installation in a temporary folder. */
export function found(options: readonly string[] = []): Installation {
  const folder = mkdtempSync(join(tmpdir(), 'vidne-bench-'))
  const data = join(folder, 'data')
  const words = ['init', '--data', data, '--agency', 'Bench', '--pack', 'uk-met', '--rehearsal', '--json', ...options]
  const made = spawnSync(process.execPath, [vidne, ...words], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(made.stderr)
  return {
    data,
    folder,
    ...(JSON.parse(made.stdout) as Pick<Installation, 'deviceToken' | 'operatorToken' | 'trust'>),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Without the reading of media, which comes after sealing, in processes of its own, and which no peer does. */
export function serveVidne({ data }: Installation): Promise<Running> {
  return start([vidne, 'serve', '--data', data, '--port', '0'], { VIDNE_LOG_LEVEL: 'error', VIDNE_READ_MEDIA: 'false' })
}

/** With everything it does, as it is served to people. */
export function serveFully({ data }: Installation): Promise<Running> {
  return start([vidne, 'serve', '--data', data, '--port', '0'], { VIDNE_LOG_LEVEL: 'error' })
}

/** One of the peers in `peers/`; it prints the same ready line. */
export function servePeer(name: string, folder: string): Promise<Running> {
  return start([join(import.meta.dirname, 'peers', `${name}.ts`), folder])
}

async function start(args: readonly string[], env: Record<string, string> = {}): Promise<Running> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, ...env } })
  // A bench that breaks takes its servers along.
  process.once('exit', () => child.kill('SIGKILL'))
  if (child.pid === undefined || child.stdout === null) throw new Error('a server could not be started')
  for await (const line of createInterface({ input: child.stdout })) {
    const { url } = JSON.parse(line) as { url: string }
    return { url, pid: child.pid, stop: () => stopped(child) }
  }
  throw new Error('a server ended before it was ready')
}

function stopped(child: ChildProcess): Promise<void> {
  return new Promise(done => {
    child.once('exit', () => done())
    child.kill('SIGTERM')
  })
}
