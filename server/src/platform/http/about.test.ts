import { describe, expect, test } from 'vitest'
import { aShell, ask, type Parts } from '../testing/a-shell.ts'
import { openLimits } from './limits.ts'
import type { Shell } from './shell.ts'

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

describe('the number of a request', () => {
  test('is made here, a new one each time, and told to the client and to whoever answers', async () => {
    const shell = await aShell()
    const answers = [await ask(shell.url), await ask(shell.url)]
    const ids = answers.map(({ headers }) => headers['x-request-id'])
    for (const id of ids) expect(id).toMatch(UUID)
    expect(new Set(ids).size).toBe(2)
    expect(answers.map(({ text }) => (JSON.parse(text) as { id: string }).id)).toEqual(ids)
  })

  test('is the one that client or proxy gave it', async () => {
    const shell = await aShell()
    for (const given of ['7f4c0b1e-2d7a-4a52-9d0b-1f2e3d4c5b6a', 'nginx.000042_a', 'a'.repeat(64)]) {
      const { headers, text } = await ask(shell.url, { 'x-request-id': given })
      expect([headers['x-request-id'], JSON.parse(text)]).toEqual([given, expect.objectContaining({ id: given })])
    }
  })

  test.each([
    ['too short to name anything', 'a'],
    ['longer than a line of a log is for', 'a'.repeat(65)],
    ['words', 'case 0100 12'],
    ['a second header', '"}{"level":50}'],
    ['markup', '<script>alert(1)</script>'],
    ['bytes that are no ASCII', 'ærø-12345678'],
    ['nothing', ''],
  ])('is not believed when it is %s', async (_, given) => {
    const shell = await aShell()
    const { headers } = await ask(shell.url, { 'x-request-id': Buffer.from(given).toString('latin1') })
    expect(headers['x-request-id']).toMatch(UUID)
  })

  test('is not believed when there are two', async () => {
    const shell = await aShell()
    const { headers } = await ask(shell.url, { 'x-request-id': ['first-of-two', 'second-of-two'] })
    expect(headers['x-request-id']).toMatch(UUID)
  })
})

async function clientOf(shell: Shell, forwarded: string): Promise<string> {
  const { text } = await ask(shell.url, { 'x-forwarded-for': forwarded })
  return (JSON.parse(text) as { client: string }).client
}

describe('the address of a client', () => {
  test('is where the connection comes from, whatever it says of itself', async () => {
    const shell = await aShell()
    expect(await clientOf(shell, '203.0.113.7')).toBe('127.0.0.1')
    const elsewhere = await aShell({ trustProxy: '10.0.0.0/8' })
    expect(await clientOf(elsewhere, '203.0.113.7')).toBe('127.0.0.1')
  })

  test.each([
    ['whom the proxy heard', '203.0.113.7', '203.0.113.7'],
    ['by IPv6 as well', '2001:db8::7', '2001:db8::7'],
    ['not what a client wrote in front', '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    ['behind several proxies that are believed', '198.51.100.1, 203.0.113.7, 127.0.0.9', '203.0.113.7'],
    ['of the proxy where it forwards none', '', '127.0.0.1'],
    ['of the proxy where it forwards no address', 'unknown', '127.0.0.1'],
    ['of the last one believed where the rest is no address', '203.0.113.7, <script>, 127.0.0.9', '127.0.0.9'],
  ])('is %s, when the proxy is believed', async (_, forwarded, client) => {
    const shell = await aShell({ trustProxy: '127.0.0.0/8' })
    expect(await clientOf(shell, forwarded)).toBe(client)
  })

  const tight = () => ({ limits: openLimits({ requestsPerMinute: 5, refusedTokensPerMinute: 5 }) })

  test('is what requests are counted by', async () => {
    const shell = await aShell({ trustProxy: '127.0.0.0/8' }, tight())
    const from = (forwarded: string) => ask(shell.url, { 'x-forwarded-for': forwarded })
    for (let nth = 0; nth < 5; nth++) expect((await from('203.0.113.7')).status).toBe(200)
    const over = await from('203.0.113.7')
    expect({ status: over.status, said: JSON.parse(over.text) as unknown }).toMatchObject({
      status: 429,
      said: { error: 'TOO_MANY', message: expect.stringMatching(/wait and try again/) as unknown },
    })
    expect(Number(over.headers['retry-after'])).toBeGreaterThan(0)
    expect(Number(over.headers['retry-after'])).toBeLessThanOrEqual(60)
    expect((await from('203.0.113.8')).status).toBe(200)
    expect((await from('203.0.113.7')).status).toBe(429)
  })

  test('cannot be changed to be counted anew', async () => {
    const shell = await aShell({}, tight())
    const statuses: number[] = []
    for (let nth = 0; nth < 7; nth++)
      statuses.push((await ask(shell.url, { 'x-forwarded-for': `203.0.113.${nth}` })).status)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429])
  })

  test('does not hold up a rack of cameras behind it: uploads have limits of their own', async () => {
    const raw: Parts['raw'] = [
      {
        kind: 'upload',
        matches: path => path === '/upload/',
        handle: async (_, response) => void response.end('taken'),
      },
    ]
    const shell = await aShell({}, { ...tight(), raw })
    for (let nth = 0; nth < 20; nth++) expect((await ask(`${shell.url}/upload/`)).text).toBe('taken')
  })
})
