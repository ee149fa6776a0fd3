import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { vidne } from '../installation.ts'

const vidneProgram = join(import.meta.dirname, '../../cli/bin/vidne.mjs')

/** What `vidne init` answers. */
export type Founding = { agency: string; origin: string; deviceToken: string; operatorToken: string; trust: string }

export type Wish = { data?: string; pack?: string; vault?: string; database?: string; objects?: string }

/** Founds an installation, a rehearsal so that its clock can be set, and does not serve it yet. */
export async function foundIn(wish: Wish = {}): Promise<Founding & { data: string }> {
  const data = wish.data ?? join(mkdtempSync(join(tmpdir(), 'vidne-torture-')), 'data')
  const places = (['vault', 'database', 'objects'] as const).flatMap(name => {
    const place = wish[name]
    return place === undefined ? [] : [`--${name}`, place]
  })
  const spoken = await vidne([...initWords(data, wish.pack), ...places])
  if (spoken.code !== 0) throw new Error(`vidne init failed: ${spoken.err}`)
  return { ...(JSON.parse(spoken.out) as Founding), data }
}

/** The words of `vidne init` for a trial installation. */
export function initWords(data: string, pack = 'uk-met'): string[] {
  return ['init', '--data', data, '--agency', 'Prøvekommunen', '--pack', pack, '--rehearsal', '--json']
}

/** A process that serves an installation, and can be killed and started again on the same port. */
export class ServerProcess {
  readonly data: string
  readonly port: number
  /** What it has said on stderr since it was first started, line by line. */
  readonly said: string[] = []
  readonly #env: Record<string, string>
  #child: ChildProcess | null = null
  #ended: Promise<number | null> = Promise.resolve(0)

  private constructor(data: string, port: number, env: Record<string, string>) {
    this.data = data
    this.port = port
    this.#env = env
  }

  /**
   * Serves `data`, on a free port unless one is given. `env`: settings as `VIDNE_…`. Rejects with what the server said when it
   * does not become ready.
   */
  static async serve(data: string, env: Record<string, string> = {}, port?: number): Promise<ServerProcess> {
    const server = new ServerProcess(data, port ?? (await freePort()), env)
    await server.start()
    return server
  }

  /** The same without waiting until it is ready, which it may never be; ends by `kill` at any time. */
  static async launch(data: string): Promise<ServerProcess> {
    const server = new ServerProcess(data, await freePort(), {})
    server.start().catch(() => undefined)
    return server
  }

  get url(): string {
    return `http://localhost:${this.port}`
  }

  get running(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  async start(): Promise<void> {
    const before = this.said.length
    const words = [vidneProgram, 'serve', '--data', this.data, '--port', String(this.port)]
    const child = spawn(process.execPath, words, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.#env },
    })
    this.#child = child
    let signalled: string | null = null
    this.#ended = new Promise(done =>
      child.once('close', (code, signal) => {
        signalled = signal
        done(code)
      }),
    )
    createInterface({ input: child.stderr }).on('line', line => this.said.push(line))
    for await (const line of createInterface({ input: child.stdout })) if (line.includes('"ready":true')) return
    const code = await this.#ended
    const last = this.said.slice(before).join('\n')
    throw new Error(`vidne serve ended with ${signalled ?? code} before it was ready:\n${last}`)
  }

  /** Ends it without a farewell, as `kill -9` does. */
  async kill(): Promise<void> {
    await this.stop('SIGKILL')
  }

  /** Ends it and waits until it is gone; the exit code, null when a signal ended it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.running) this.#child?.kill(signal)
    return this.#ended
  }

  /** Waits until it ends by itself. */
  ended(): Promise<number | null> {
    return this.#ended
  }
}

async function freePort(): Promise<number> {
  const listener = createServer()
  await new Promise<void>(done => listener.listen(0, '127.0.0.1', done))
  const address = listener.address()
  await new Promise(done => listener.close(done))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}
