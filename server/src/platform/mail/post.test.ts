import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../../../checks/left-out.ts'
import { aMailServer, readLetter, type TestMailServer } from '../testing/a-mail-server.ts'
import { opensslMissing, ownCertificate } from '../testing/own-certificate.ts'
import { type Letter, type MailServer, openPost } from './post.ts'

const LETTER: Letter = {
  id: '<0199@vidne.example>',
  to: 'kim@example.org',
  subject: 'Noget venter på dit svar',
  text: 'Noget venter på dit svar på https://vidne.example.\n.\nÆØÅ ß\n',
}
const never = new AbortController().signal
const login = { user: 'vidne', password: 'pass wörd' }

const open: TestMailServer[] = []
async function serverFor(...wish: Parameters<typeof aMailServer>): Promise<TestMailServer> {
  const made = await aMailServer(...wish)
  open.push(made)
  return made
}
afterEach(async () => {
  for (const one of open.splice(0)) await one.away()
})

async function hand(server: MailServer, letter = LETTER, signal = never) {
  const post = await openPost(server)
  try {
    return await post.hand(letter, signal)
  } finally {
    post.close()
  }
}

async function probe(server: MailServer) {
  const post = await openPost(server)
  try {
    return await post.probe()
  } finally {
    post.close()
  }
}

describe('a letter', () => {
  test('arrives as plain text, under its own id, with nothing that asks its reader’s program for anything', async () => {
    const { server, arrived } = await serverFor()
    expect(await hand(server)).toEqual({ state: 'taken' })
    const { headers, subject, text } = readLetter(arrived[0]?.raw ?? '')
    expect(arrived).toMatchObject([{ from: 'vidne@example.org', to: ['kim@example.org'] }])
    expect(headers).toMatch(/^message-id: <0199@vidne\.example>$/im)
    expect(headers).toMatch(/^auto-submitted: auto-generated$/im)
    expect(headers).toMatch(/^content-type: text\/plain; charset=utf-8$/im)
    expect(headers).not.toMatch(/^(x-mailer|list-|disposition-notification-to|return-receipt-to|reply-to)/im)
    expect([subject, text.trim().replaceAll('\r\n', '\n')]).toEqual([LETTER.subject, LETTER.text.trim()])
  })

  test('gets no header and no recipient more, whatever stands in it', async () => {
    const { server, arrived } = await serverFor()
    const subject = 'A\r\nBcc: eve@example.org\r\n\r\nB'
    expect(await hand(server, { ...LETTER, subject, text: '\r\n.\r\nRCPT TO:<eve@example.org>\r\n' })).toMatchObject({
      state: 'taken',
    })
    expect(arrived.map(({ to }) => to)).toEqual([['kim@example.org']])
    expect(readLetter(arrived[0]?.raw ?? '').headers).not.toMatch(/^bcc:/im)
    const odd = await hand(server, { ...LETTER, to: 'kim@example.org>\r\nRCPT TO:<eve@example.org' })
    expect(odd).toEqual({ state: 'refused', because: 'no address' })
    expect(arrived).toHaveLength(1)
  })

  test('that the address refuses is refused, one that it takes later is later, and a refused sender is no fault of it', async () => {
    const { server, refuse } = await serverFor()
    refuse.recipient = () => 550
    expect(await hand(server)).toEqual({ state: 'refused', because: 'EENVELOPE RCPT TO 550' })
    refuse.recipient = () => 451
    expect(await hand(server)).toMatchObject({ state: 'later' })
    refuse.recipient = () => null
    refuse.letter = () => 554
    expect(await hand(server)).toMatchObject({ state: 'refused' })
    refuse.letter = () => 452
    expect(await hand(server)).toMatchObject({ state: 'later' })
  })

  test('is given to nobody while the server is away, and what is said of that holds no address', async () => {
    const gone = await serverFor()
    await gone.away()
    expect(await hand(gone.server)).toEqual({ state: 'away', because: 'ESOCKET CONN' })
    const stopped = AbortSignal.abort()
    const { server, arrived } = await serverFor()
    expect(await hand(server, LETTER, stopped)).toMatchObject({ state: 'away' })
    expect(arrived).toEqual([])
  })
})

describe.skipIf(leftOut('mail over TLS', opensslMissing()))('the line to the mail server', () => {
  let folder: string
  let certificate: { tlsCert: string; tlsKey: string }
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vidne-mail-'))
    certificate = ownCertificate(folder)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each(['implicit', 'starttls'] as const)('is encrypted, and only then is the password said: %s', async tls => {
    const { server, arrived } = await serverFor({ tls, certificate, login })
    expect(await probe(server)).toBe(null)
    expect(await hand(server)).toEqual({ state: 'taken' })
    expect(arrived).toMatchObject([{ secure: true, user: 'vidne' }])
    const wrong = { ...server, login: { ...login, password: 'hunter2' } }
    expect(await hand(wrong)).toEqual({ state: 'away', because: 'EAUTH AUTH PLAIN 535' })
    expect(await probe(wrong)).toBe('EAUTH AUTH PLAIN 535')
    expect(arrived).toHaveLength(1)
  })

  test('is not used where the server shows a certificate that nobody we know vouches for, or offers no encryption', async () => {
    const { server, arrived } = await serverFor({ tls: 'starttls', certificate, login })
    expect(await hand({ ...server, ca: null })).toMatchObject({ state: 'away' })
    expect(await hand({ ...server, host: 'localhost' })).toEqual({ state: 'taken' })
    const plain = await serverFor({ login })
    expect(await hand({ ...plain.server, tls: 'starttls' })).toMatchObject({ state: 'away' })
    expect([arrived.length, plain.arrived.length]).toEqual([1, 0])
  })
})
