import { readFileSync, statSync } from 'node:fs'
import { createORPCClient, isDefinedError, safe } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import { OpenAPILink } from '@orpc/openapi-client/fetch'
import { contract } from '@vidne/contract/contract'
import { faultWords } from '@vidne/dock-agent/faults'
import { CommandRefused, type Given, UsageRefused } from './command.ts'

type Client = ContractRouterClient<typeof contract>

/** The options of every command that speaks with a server. */
export const connectionOptions = {
  server: { type: 'string', env: 'VIDNE_SERVER', required: true, help: 'where the installation answers' },
  token: { type: 'string', help: '@FILE, or the token itself (others on this machine may see it); else VIDNE_TOKEN' },
  json: { type: 'boolean', help: 'answers as JSON' },
} as const

export type Connection = { client: Client; server: string; token: string }

/** Opens nothing yet; a wrong address or token is told by the first call. */
export function connect(given: Given): Connection {
  const server = serverAddress(given.text('server'))
  const token = readToken(given.maybe('token'))
  const link = new OpenAPILink(contract, {
    url: `${server}/api`,
    headers: () => ({ authorization: `Bearer ${token}` }),
  })
  return { client: createORPCClient(link), server, token }
}

/** @throws UsageRefused for anything but an address of the web */
export function serverAddress(text: string): string {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageRefused(`--server "${text}" is not an address such as http://localhost:8420`)
  return url.href.replace(/\/+$/, '')
}

/**
 * A token from `@FILE`, from VIDNE_TOKEN, or as typed. Typed, it shows in the process list and the shell's history, so
 * that is said.
 */
export function readToken(given: string | undefined, env = process.env): string {
  if (given === undefined || given === '') {
    if (env['VIDNE_TOKEN']) return env['VIDNE_TOKEN'].trim()
    throw new UsageRefused('--token is missing: give --token @FILE or set VIDNE_TOKEN')
  }
  if (!given.startsWith('@')) {
    console.error('warning: a token on the command line can be read by others on this machine; use --token @FILE')
    return given
  }
  const file = given.slice(1)
  try {
    if ((statSync(file).mode & 0o077) !== 0) console.error(`warning: ${file} can be read by others; chmod 600 it`)
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new UsageRefused(`--token @${file} cannot be read: ${faultWords(cause) ?? 'it is no file'}`, { cause })
  }
}

/**
 * Awaits a call and turns its refusal into words.
 * @throws CommandRefused with the server's sentence, or with what to check when no server answers.
 */
export async function ask<T>(call: Promise<T>, server: string): Promise<T> {
  const { error, data, isSuccess } = await safe(call)
  if (isSuccess) return data
  if (isDefinedError(error)) throw new CommandRefused(sentenceOf(error))
  if (error instanceof TypeError || error.name === 'AbortError')
    throw new CommandRefused(`${server} does not answer. Is the installation running, and is the address right?`, {
      cause: error,
    })
  throw new CommandRefused(sentenceOf(error), { cause: error })
}

function sentenceOf(error: Error): string {
  const data = 'data' in error ? error.data : undefined
  if (typeof data === 'object' && data !== null && 'issues' in data && Array.isArray(data.issues))
    return data.issues
      .map((issue: { path?: unknown[]; message?: string }) => `${issue.path?.join('.') ?? ''}: ${issue.message ?? ''}`)
      .join('; ')
  if (typeof data === 'object' && data !== null && 'sentence' in data) return String(data.sentence)
  return error.message
}
