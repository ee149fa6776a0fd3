import { randomUUID } from 'node:crypto'
import { type IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { Language } from '@vidne/locales/say'
import { preferred } from './language.ts'

/** What is known of a request before anyone looks at it. */
export type About = { id: string; client: string; language: Language }

/** An address range whose members are believed about the address behind them. */
export type Believed = { holds: (address: string) => boolean }

export function aboutRequest(request: IncomingMessage, proxies: Believed | undefined): About {
  return {
    id: requestId(request.headers['x-request-id']),
    client: clientAddress(request, proxies),
    language: preferred(request.headers['accept-language']),
  }
}

/** Fit for a line of a log: nothing that breaks it, and nothing long. */
const FIT = /^[\w.-]{8,64}$/

/** The name that client or proxy gave the request, so that their log and ours can be read together; else one made here. */
function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && FIT.test(given) ? given : randomUUID()
}

/**
 * A forwarded address is believed only from a proxy that the operator named; else anyone could choose his own. Each proxy
 * appends whom it heard, so the list is read from its end, for as long as those who wrote it are believed.
 */
function clientAddress(request: IncomingMessage, proxies: Believed | undefined): string {
  let client = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown'
  const heard = String(request.headers['x-forwarded-for'] ?? '').split(',')
  while (proxies?.holds(client)) {
    const next = heard.pop()?.trim() ?? ''
    if (isIP(next) === 0) break
    client = next
  }
  return client
}
