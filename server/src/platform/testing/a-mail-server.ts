import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import type { MailServer } from '../mail/post.ts'

/** A letter as it came over the wire. `secure`: the line was encrypted; `user`: who had signed in. */
export type Arrived = { from: string; to: string[]; raw: string; secure: boolean; user: string | null }

/** A mail server of a test's own, on a port of its own. It can be told what to refuse, and be away for a while. */
export interface TestMailServer {
  readonly server: MailServer
  /** What has arrived, oldest first. */
  readonly arrived: Arrived[]
  /** What it answers to a recipient or a letter: null takes it. */
  refuse: { recipient: (address: string) => number | null; letter: () => number | null }
  /** Does not answer under its port any more, until `back`. */
  away(): Promise<void>
  back(): Promise<void>
}

type Wish = {
  readonly tls?: MailServer['tls']
  readonly login?: { user: string; password: string }
  /** PEM files of a certificate; without them it offers no encryption. */
  readonly certificate?: { tlsCert: string; tlsKey: string }
}

const FROM = { name: 'Vidne', address: 'vidne@example.org' }

/** Opens one; `away` closes it for good as well. */
export async function aMailServer({ tls = 'none', login, certificate }: Wish = {}): Promise<TestMailServer> {
  const arrived: Arrived[] = []
  const refuse: TestMailServer['refuse'] = { recipient: () => null, letter: () => null }
  let running = open()
  const port = await listening(running, 0)
  function open(): SMTPServer {
    const opened = new SMTPServer({
      secure: tls === 'implicit',
      authOptional: login === undefined,
      allowInsecureAuth: true,
      closeTimeout: 0,
      disabledCommands: certificate === undefined ? ['STARTTLS'] : [],
      ...(certificate === undefined ? {} : keyPair(certificate)),
      onAuth: ({ username, password }, _, done) =>
        username === login?.user && password === login?.password
          ? done(null, { user: username })
          : done(new Error('wrong name or password')),
      onRcptTo: ({ address }, _, done) => done(refusal(refuse.recipient(address))),
      onData(stream, { envelope, secure, user }, done) {
        const parts: Buffer[] = []
        stream.on('data', (part: Buffer) => parts.push(part))
        stream.on('end', () => {
          const refused = refusal(refuse.letter())
          const raw = Buffer.concat(parts).toString('utf8')
          const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
          const to = envelope.rcptTo.map(({ address }) => address)
          if (refused === null) arrived.push({ from, to, raw, secure, user: user === undefined ? null : String(user) })
          done(refused)
        })
      },
    })
    // A client that does not trust the certificate breaks off; that is what a test may want to see.
    opened.on('error', () => undefined)
    return opened
  }
  const ca = certificate === undefined ? null : readFileSync(certificate.tlsCert, 'utf8')
  return {
    server: { host: '127.0.0.1', port, tls, login: login ?? null, ca, from: FROM },
    arrived,
    refuse,
    away: () => new Promise(closed => running.close(() => closed())),
    async back() {
      running = open()
      await listening(running, port)
    },
  }
}

function keyPair({ tlsCert, tlsKey }: { tlsCert: string; tlsKey: string }) {
  return { cert: readFileSync(tlsCert, 'utf8'), key: readFileSync(tlsKey, 'utf8') }
}

function refusal(code: number | null): Error | null {
  return code === null ? null : Object.assign(new Error('not taken'), { responseCode: code })
}

function listening(server: SMTPServer, port: number): Promise<number> {
  return new Promise((ready, failed) => {
    server.server.once('error', failed)
    server.listen(port, '127.0.0.1', () => ready((server.server.address() as AddressInfo).port))
  })
}

/** The words of a letter as its reader sees them: the text part, decoded, and the subject. */
export function readLetter(raw: string): { headers: string; subject: string; text: string } {
  const [headers = '', ...rest] = raw.split('\r\n\r\n')
  const unfolded = headers.replaceAll(/\r\n[ \t]+/g, ' ')
  const body = rest.join('\r\n\r\n')
  const encoding = /^content-transfer-encoding: (.+)$/im.exec(unfolded)?.[1]?.trim().toLowerCase()
  const subject = /^subject: (.+)$/im.exec(unfolded)?.[1]?.trim() ?? ''
  return { headers: unfolded, subject: decodedWords(subject), text: decodedBody(body, encoding) }
}

function decodedBody(body: string, encoding: string | undefined): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8')
  return encoding === 'quoted-printable' ? quotedPrintable(body.replaceAll('=\r\n', '')) : body
}

function decodedWords(text: string): string {
  return text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, words: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(words, 'base64').toString('utf8')
        : quotedPrintable(words.replaceAll('_', ' ')),
    )
}

function quotedPrintable(text: string): string {
  const bytes = text.replaceAll(/=([\dA-F]{2})/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
