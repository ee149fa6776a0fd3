import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const program = join(import.meta.dirname, '../../demo/demo.ts')

/** A demo that somebody started, in a folder of its own. */
export type Started = { readonly folder: string; readonly url: string; readonly stop: () => Promise<void> }

/** A folder for a demo that is not there yet. */
export function newFolder(): { folder: string; remove: () => void } {
  const above = mkdtempSync(join(tmpdir(), 'vidne-demo-'))
  return { folder: join(above, 'demo'), remove: () => rmSync(above, { recursive: true, force: true }) }
}

/** What the program says when it ends without serving. */
export class NotStarted extends Error {
  override name = 'NotStarted'
}

/** Starts it as `npm run demo` does, and waits until it is served. @throws NotStarted with its words */
export async function startDemo(folder: string, env: Record<string, string> = {}): Promise<Started> {
  const words = [program, '--data', folder, '--port', '0']
  const child = spawn(process.execPath, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  const said: string[] = []
  child.stderr.on('data', chunk => said.push(String(chunk)))
  for await (const line of createInterface({ input: child.stdout })) {
    const { ready, url } = JSON.parse(line) as { ready: boolean; url: string }
    if (ready) return { folder, url, stop: () => ended(child) }
  }
  throw new NotStarted(said.join(''))
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise(done => {
    child.once('exit', () => done())
    child.kill('SIGTERM')
  })
}
