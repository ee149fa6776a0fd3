// The shell on a port of its own, and a client that shows all it was answered.

import { type Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http'
import { createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { type Logger, silentLogger } from '../http/logging.ts'
import { openMetrics } from '../http/metrics.ts'
import { type Shell, openShell } from '../http/shell.ts'
import { readSettings } from '../settings/settings.ts'
import { temporaryFolder } from './temporary-folder.ts'

export type Parts = Parameters<typeof openShell>[0]
type Line = { level: string; sentence: string } & Record<string, unknown>

/** A log that a test can read. */
export function kept(): { log: Logger; lines: Line[] } {
  const lines: Line[] = []
  const into = (level: string) => (facts: object, sentence: string) => void lines.push({ ...facts, level, sentence })
  return { log: { debug: into('debug'), info: into('info'), warn: into('warn'), error: into('error') }, lines }
}

/** A shell on a port of its own that tells each client what it knows of him; it closes with the test. */
export async function aShell(flags: Record<string, unknown> = {}, wish: Partial<Parts> = {}): Promise<Shell> {
  const settings = readSettings(await temporaryFolder(), { port: 0, ...flags }, {})
  const parts: Parts = {
    settings,
    log: silentLogger,
    metrics: openMetrics(),
    raw: [],
    fetch: (_, about) => Response.json(about),
    ...wish,
  }
  const shell = await openShell(parts)
  onTestFinished(() => shell.close())
  return shell
}

type Answer = { status: number; headers: IncomingMessage['headers']; text: string }

/** One request on a connection of its own. */
export function ask(url: string, headers: OutgoingHttpHeaders = {}, agent: Agent | false = false): Promise<Answer> {
  return new Promise((done, failed) => {
    const asked = request(url, { agent, headers }, answer => done(whole(answer)))
    asked.on('error', failed)
    asked.end()
  })
}

/** An answer to its end. */
export async function whole(answer: IncomingMessage): Promise<Answer> {
  return { status: answer.statusCode ?? 0, headers: answer.headers, text: await text(answer) }
}

export async function freePort(): Promise<number> {
  const listener = createServer()
  await new Promise<void>(listening => listener.listen(0, '127.0.0.1', listening))
  const address = listener.address()
  await new Promise(closed => listener.close(closed))
  return typeof address === 'object' && address !== null ? address.port : 0
}
