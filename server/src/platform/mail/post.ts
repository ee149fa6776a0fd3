import type { Transporter } from 'nodemailer'
import { MAIL_ADDRESS } from '../settings/mail-settings.ts'

/** The server that mail is given to. `ca`: PEM of who vouches for it; null: those that the machine knows. */
export type MailServer = {
  readonly host: string
  readonly port: number
  /** `implicit`: from the first byte; `starttls`: before anything is said; `none`: only within this machine. */
  readonly tls: 'implicit' | 'starttls' | 'none'
  readonly login: { readonly user: string; readonly password: string } | null
  readonly ca: string | null
  readonly from: { readonly name: string; readonly address: string }
}

/** A letter of plain text to one address. The same `id` is the same letter, however often it is given over. */
export type Letter = { readonly id: string; readonly to: string; readonly subject: string; readonly text: string }

/**
 * What became of a letter. `refused`: this address takes none, and trying again helps nobody. `later`: the server takes this one another
 * time. `away`: the server does not take any just now; a letter may have reached it all the same.
 */
export type Handed =
  { readonly state: 'taken' } | { readonly state: 'refused' | 'later' | 'away'; readonly because: string }

/** A mail server, reached anew by whoever opens it. Nothing of it is kept open between two rounds. */
export interface Post {
  hand(letter: Letter, signal: AbortSignal): Promise<Handed>
  /** Greets the server, as far as the sign-in, and sends nothing. Null: it would take mail. */
  probe(): Promise<string | null>
  close(): void
}

const CONNECT_MS = 10_000
const SILENCE_MS = 20_000

/** The library is loaded where mail is sent, and nowhere else. */
export async function openPost(server: MailServer): Promise<Post> {
  const { createTransport } = await import('nodemailer')
  const { host, port, tls, login, ca, from } = server
  const transport: Transporter = createTransport({
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    ...(login === null ? {} : { auth: { user: login.user, pass: login.password } }),
    ...(ca === null ? {} : { tls: { ca } }),
    pool: true,
    maxConnections: 1,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    socketCloseTimeout: 0,
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  })
  return {
    async hand({ id, to, subject, text }, signal) {
      if (!MAIL_ADDRESS.test(to)) return { state: 'refused', because: 'no address' }
      const addressed = { from, to: { name: '', address: to }, envelope: { from: from.address, to: [to] } }
      try {
        await transport.sendMail({ ...addressed, messageId: id, subject, text, headers: OF_A_MACHINE, signal })
        return { state: 'taken' }
      } catch (error) {
        return handedFrom(error)
      }
    },
    async probe() {
      try {
        await transport.verify()
        return null
      } catch (error) {
        return handedFrom(error).because
      }
    },
    close: () => transport.close({ force: true }),
  }
}

/** No out-of-office answer to what a machine wrote (RFC 3834). */
const OF_A_MACHINE = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' }

/**
 * What an error of the library says, by its codes alone: its text repeats what the server said, and that may hold the address. A
 * refused sender is our own fault, and not this letter's.
 */
function handedFrom(error: unknown): Exclude<Handed, { state: 'taken' }> {
  const code = wordOf(error, 'code') ?? 'unknown'
  const answered = numberOf(error, 'responseCode')
  const command = wordOf(error, 'command')
  const because = [code, command, answered].filter(one => one !== null).join(' ')
  const ofThisLetter = (code === 'EENVELOPE' && command === 'RCPT TO') || code === 'EMESSAGE'
  if (!ofThisLetter || answered === null) return { state: 'away', because }
  return { state: answered >= 500 ? 'refused' : 'later', because }
}

function wordOf(error: unknown, name: 'code' | 'command'): string | null {
  const found = error instanceof Error ? Object.entries(error).find(([key]) => key === name)?.[1] : null
  return typeof found === 'string' ? found.slice(0, 40) : null
}

function numberOf(error: unknown, name: 'responseCode'): number | null {
  const found = error instanceof Error ? Object.entries(error).find(([key]) => key === name)?.[1] : null
  return typeof found === 'number' ? found : null
}
