import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'
import { createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import type { TLSSocket } from 'node:tls'
import { describe, expect, onTestFinished, test } from 'vitest'
import { leftOut } from '../../../../checks/left-out.ts'
import { DatabaseAway } from '../database/errors.ts'
import { type Parts, aShell, ask, freePort, kept } from '../testing/a-shell.ts'
import { opensslMissing, ownCertificate } from '../testing/own-certificate.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { PortRefused } from './shell.ts'

describe('the log', () => {
  const broken: Partial<Parts> = {
    raw: [
      {
        kind: 'upload',
        matches: path => path === '/upload/away',
        handle: () => Promise.reject(new DatabaseAway('gone')),
      },
      {
        kind: 'upload',
        matches: path => path === '/upload/full',
        handle: () => Promise.reject(new DatabaseAway('no space left', { full: true })),
      },
    ],
    fetch: async q => {
      if (q.url.endsWith('/broken')) throw new Error('a rope has torn')
      const status = Number(new URL(q.url).pathname.split('/')[1])
      return new Response('{}', { status })
    },
  }

  test.each([
    ['/401', 401, 'info', 'refused'],
    ['/404', 404, 'info', 'refused'],
    ['/409?token=vdn_secret', 409, 'info', 'refused'],
    ['/503', 503, 'info', 'could not be answered'],
    ['/upload/away', 503, 'warn', 'The database does not answer just now.'],
    ['/upload/full', 503, 'warn', 'The disk of the database is full.'],
    ['/broken', 500, 'error', 'a request failed'],
  ])('has a line for %s, with the number that the client was given', async (path, status, level, sentence) => {
    const { log, lines } = kept()
    const shell = await aShell({}, { ...broken, log })
    const answer = await ask(shell.url + path)
    expect(answer.status).toBe(status)
    await expect
      .poll(() => lines)
      .toContainEqual(
        expect.objectContaining({
          level,
          sentence: expect.stringContaining(sentence) as unknown,
          request: answer.headers['x-request-id'],
          path: path.split('?')[0],
        }),
      )
    expect(JSON.stringify(lines)).not.toContain('vdn_secret')
  })

  test('says nothing of what went well, and keeps no path of any length', async () => {
    const { log, lines } = kept()
    const shell = await aShell({}, { ...broken, log })
    await ask(`${shell.url}/200`)
    await ask(`${shell.url}/404/${'x'.repeat(9000)}`)
    await expect.poll(() => lines.length).toBeGreaterThan(1)
    const told = lines.filter(({ level }) => level !== 'debug')
    expect(told).toHaveLength(1)
    expect(JSON.stringify(told).length).toBeLessThan(500)
  })

  test('tells a failure to its reader and not to the client', async () => {
    const { log, lines } = kept()
    const shell = await aShell({}, { ...broken, log })
    const { text, headers } = await ask(`${shell.url}/broken`)
    expect(text).not.toContain('rope')
    expect(text).toContain(headers['x-request-id'])
    expect(lines.find(({ level }) => level === 'error')?.['err']).toEqual(new Error('a rope has torn'))
  })
})

describe('the headers of every answer', () => {
  const always = {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'x-frame-options': 'DENY',
    'content-security-policy': expect.stringMatching(/^default-src 'none';.*frame-ancestors 'none'$/) as unknown,
  }
  const answering: Partial<Parts> = {
    raw: [
      {
        kind: 'upload',
        matches: path => path.startsWith('/upload/'),
        handle: async (_, response) => void response.writeHead(204).end(),
      },
    ],
    fetch: q => {
      if (q.url.endsWith('/broken')) throw new Error('broken')
      return new Response('', { status: q.url.endsWith('/none') ? 404 : 200 })
    },
  }

  test.each(['/', '/none', '/broken', '/upload/1', '/api/none'])('keep browsers to themselves at %s', async path => {
    const shell = await aShell({}, answering)
    const { headers } = await ask(shell.url + path)
    expect(headers).toMatchObject(always)
    expect(headers['x-powered-by']).toBeUndefined()
    expect(headers['access-control-allow-origin']).toBeUndefined()
  })

  test('promise https only where there is https', async () => {
    const promised = async (flags: Record<string, unknown>) => {
      const port = await freePort()
      await aShell({ ...flags, port })
      return (await ask(`http://127.0.0.1:${port}`)).headers['strict-transport-security']
    }
    expect(await promised({})).toBeUndefined()
    expect(await promised({ publicUrl: 'http://vidne.example.org' })).toBeUndefined()
    expect(await promised({ trustProxy: '10.0.0.0/8' })).toBeUndefined()
    // Behind a proxy that does https for us.
    expect(await promised({ publicUrl: 'https://vidne.example.org' })).toMatch(/^max-age=\d{8,}/)
  })

  test('come with the refusal of what is no request as well', async () => {
    const shell = await aShell({}, answering)
    const { status, headers } = await ask(shell.url, { host: 'no host\\at all' })
    expect([status, headers]).toEqual([400, expect.objectContaining(always)])
  })
})

describe('TLS', () => {
  const withoutTls = leftOut('TLS with a certificate of its own', opensslMissing())

  test.skipIf(withoutTls)(
    'is spoken with the certificate that was given, and https is promised from then on',
    async () => {
      const certificate = ownCertificate(await temporaryFolder())
      const shell = await aShell(certificate)
      expect(shell.url).toMatch(/^https:\/\/localhost:\d+$/)
      const ca = readFileSync(certificate.tlsCert)
      const agent = new SecureAgent({ ca })
      const seen = await new Promise<{ print: string; protocol: string | null; hsts: unknown }>((done, failed) => {
        const asked = secureRequest(shell.url, { agent }, answer => {
          const socket = answer.socket as TLSSocket
          const hsts = answer.headers['strict-transport-security']
          done({ print: socket.getPeerCertificate().fingerprint256, protocol: socket.getProtocol(), hsts })
          answer.resume()
        })
        asked.on('error', failed)
        asked.end()
      })
      expect(seen).toEqual({
        print: new X509Certificate(ca).fingerprint256,
        protocol: 'TLSv1.3',
        hsts: expect.stringMatching(/^max-age=\d{8,}/) as unknown,
      })
      agent.destroy()
      await expect(ask(shell.url.replace('https', 'http'))).rejects.toThrow('socket hang up')
      await expect(fetch(shell.url)).rejects.toThrow('fetch failed')
    },
  )

  test('with files that cannot be used is refused by the name of the one', async () => {
    const folder = await temporaryFolder()
    const [none, other] = [`${folder}/none.pem`, import.meta.filename]
    const refused = (tlsCert: string, tlsKey: string) => aShell({ tlsCert, tlsKey }).catch((error: unknown) => error)
    const saying = (sentence: string) =>
      expect.objectContaining({ name: 'SettingRefused', message: sentence }) as unknown
    expect(await refused(none, none)).toEqual(saying(`--tls-cert ${none} cannot be read`))
    expect(await refused(other, none)).toEqual(saying(`--tls-key ${none} cannot be read`))
    expect(await refused(folder, other)).toEqual(saying(`--tls-cert ${folder} cannot be read`))
    expect(await refused(other, other)).toEqual(saying(`--tls-cert ${other} holds no certificate in PEM`))
  })

  test.skipIf(withoutTls)('with the key of another certificate is refused by the names of both', async () => {
    const [one, two] = [ownCertificate(await temporaryFolder()), ownCertificate(await temporaryFolder())]
    const { tlsCert } = one
    await expect(aShell({ tlsCert, tlsKey: two.tlsKey })).rejects.toThrow(
      `--tls-cert ${tlsCert} and --tls-key ${two.tlsKey} do not belong together`,
    )
    await expect(aShell({ tlsCert, tlsKey: tlsCert })).rejects.toThrow(
      `--tls-key ${tlsCert} holds no private key in PEM`,
    )
  })
})

describe('the port', () => {
  test('that another program has is told in words', async () => {
    const other = createServer()
    await new Promise<void>(listening => other.listen(0, '127.0.0.1', listening))
    onTestFinished(() => void other.close())
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const refused = aShell({ port })
    await expect(refused).rejects.toThrow(PortRefused)
    await expect(refused).rejects.toThrow(`Port ${port} is taken by another program; choose another with --port.`)
  })

  test('of an address that is not ours is told in words', async () => {
    const elsewhere = { host: '192.0.2.1', publicUrl: 'https://vidne.example.org', trustProxy: '10.0.0.0/8' }
    await expect(aShell(elsewhere)).rejects.toThrow(/^Port 0 of 192\.0\.2\.1 cannot be opened \(EADDRNOTAVAIL\)/)
  })
})

describe('closing', () => {
  test('waits for what is under way, takes nothing new, and then is over', async () => {
    const reached = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    const raw: Parts['raw'] = [
      {
        kind: 'upload',
        matches: path => path === '/upload/1',
        async handle(query, response) {
          reached.resolve()
          const body = await text(query)
          await release.promise
          response.end(`${body.length} bytes`)
        },
      },
    ]
    const shell = await aShell({}, { raw })
    // A client that keeps its connections: neither the idle nor the busy one may hold the shell open.
    const agent = new Agent({ keepAlive: true })
    onTestFinished(() => agent.destroy())
    await ask(shell.url, {}, agent)
    const upload = Promise.withResolvers<string>()
    const sending = request(`${shell.url}/upload/1`, { method: 'PATCH', agent }, answer => {
      text(answer).then(upload.resolve, upload.reject)
    })
    sending.on('error', upload.reject)
    sending.write('x'.repeat(1000))
    await reached.promise

    let closed = false
    const closing = shell.close().then(() => (closed = true))
    await expect(ask(shell.url)).rejects.toThrow(/ECONNREFUSED/)
    sending.end('x'.repeat(500))
    expect(closed).toBe(false)
    release.resolve()
    expect(await upload.promise).toBe('1500 bytes')
    await closing
  }, 8000)

  test('cuts off in the end who never comes to one', async () => {
    const reached = Promise.withResolvers<void>()
    const raw: Parts['raw'] = [{ kind: 'log', matches: () => true, handle: () => new Promise(() => reached.resolve()) }]
    const shell = await aShell({}, { raw, patienceSeconds: 0.2 })
    const asked = ask(shell.url)
    asked.catch(() => {})
    await reached.promise
    await shell.close()
    await expect(asked).rejects.toThrow(/socket hang up|ECONNRESET/)
  })
})
