import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readSettings } from './settings.ts'

function folder(toml?: string) {
  const data = mkdtempSync(join(tmpdir(), 'vidne-settings-'))
  if (toml !== undefined) writeFileSync(join(data, 'vidne.toml'), toml)
  return data
}

const SITE = 'public_url = "https://vidne.example"\n'
const FROM = 'from = "a@b.example"'

describe('settings', () => {
  test('a flag beats the environment, the environment beats the file', () => {
    const data = folder('port = 1\nhost = "127.0.0.3"\nlog_level = "warn"\n')
    const settings = readSettings(data, { port: '3' }, { VIDNE_PORT: '2', VIDNE_HOST: '127.0.0.2' })
    expect([settings.port, settings.host, settings.logLevel]).toEqual([3, '127.0.0.2', 'warn'])
  })

  test.each([
    [{ port: 'many' }, {}, '', /--port cannot be used/],
    [{}, { VIDNE_PORT: '70000' }, '', /VIDNE_PORT cannot be used/],
    [{}, {}, 'port = "x"', /vidne\.toml: port cannot be used/],
    [{}, { VIDNE_PORT: '' }, '', /VIDNE_PORT cannot be used: .*not an empty text/],
    [{}, {}, 'port = ""', /vidne\.toml: port cannot be used: .*not an empty text/],
    [{}, {}, 'port = 8420.5', /port cannot be used: a whole number from 0 to 65535/],
    [{ port: '0x1f' }, {}, '', /--port cannot be used/],
    [{ port: ' 8420' }, {}, '', /--port cannot be used/],
    [{}, {}, 'upload_bytes = true', /upload_bytes cannot be used: a whole number/],
    [{}, {}, 'cadence_seconds = true', /cadence_seconds cannot be used: a whole number/],
    [{}, { VIDNE_CADENCE_SECONDS: '1e3' }, '', /VIDNE_CADENCE_SECONDS cannot be used/],
    [{}, {}, 'objects = ""', /vidne\.toml: objects cannot be used: it is empty/],
    [{}, { VIDNE_VAULT: '' }, '', /VIDNE_VAULT cannot be used: it is empty/],
    [{}, { VIDNE_PROT: '1' }, '', /the environment has a setting "VIDNE_PROT" that Vidne does not know/],
    [{}, { VIDNE_HOST: '0.0.0.0' }, '', /^VIDNE_HOST 0\.0\.0\.0 is reachable/],
    [{}, {}, 'host = "0.0.0.0"', /^vidne\.toml: host 0\.0\.0\.0 is reachable/],
    [{}, { VIDNE_TLS_CERT: 'a' }, '', /^VIDNE_TLS_CERT is given without --tls-key/],
    [{}, { VIDNE_TLS_CERT: 'a' }, 'host = "::1"\ntls_key = ""', /vidne\.toml: tls_key cannot be used/],
    [{}, {}, 'prot = 1', /"prot" that Vidne does not know/],
    [{}, {}, 'port = ', /is not TOML/],
    [{ objects: 'mysql://x' }, {}, '', /--objects cannot be used: a folder, or/],
    [{ database: 'mysql://x' }, {}, '', /--database cannot be used/],
    [{ trustProxy: '10.0.0.0/99' }, {}, '', /--trust-proxy cannot be used: .*address range/],
    [{ tlsCert: 'a' }, {}, '', /belong together/],
    [{ host: '0.0.0.0' }, {}, '', /--public-url https/],
    [{ host: '0.0.0.0', publicUrl: 'http://x.example', trustProxy: '10.0.0.0/8' }, {}, '', /--public-url https/],
  ])('a bad setting is refused by name: %j %j %s', (flags, env, toml, refusal) => {
    expect(() => readSettings(folder(toml), flags, env)).toThrow(refusal)
  })

  test('mail is off until a table says how it is sent', () => {
    expect(readSettings(folder(''), {}, {}).mail).toBe(undefined)
    const data = folder(`${SITE}[mail]\nhost = "mail.example.org"\nfrom = "Vidne <vidne@example.org>"\n`)
    expect(readSettings(data, {}, {}).mail).toEqual({
      host: 'mail.example.org',
      tls: 'starttls',
      from: { name: 'Vidne', address: 'vidne@example.org' },
    })
  })

  test.each([
    ['host = "a.example"', /mail cannot be used: from: /],
    ['from = "a@b.example"', /mail cannot be used: host: the name of the mail server is needed/],
    [`host = "a.example:25"\n${FROM}`, /host: the name or the address of a mail server is needed, without a port/],
    [`host = "a.example"\nport = 0\n${FROM}`, /port: a whole number from 1 to 65535/],
    [`host = "a.example"\nport = "25"\n${FROM}`, /port: a whole number from 1 to 65535/],
    [`host = "a.example"\ntls = "maybe"\n${FROM}`, /tls: "starttls", "implicit" or "none" is needed/],
    [`host = "a.example"\ntls = "none"\n${FROM}`, /only to a mail server on this machine, not to a\.example/],
    [`host = "a.example"\npassword_file = "/p"\n${FROM}`, /password_file is given without user/],
    [`host = "a.example"\nprot = 1\n${FROM}`, /mail cannot be used: .*prot/],
    ['host = "a.example"\nfrom = "a@b.example\\nBcc: c@d.example"', /from: an address such as/],
    ['host = "a.example"\nfrom = "A\\r\\nBcc: c@d.example <a@b.example>"', /from: an address such as/],
    ['host = "a.example"\nfrom = "nobody"', /from: an address such as/],
  ])('mail that cannot be sent so is refused by name: %j', (table, refusal) => {
    expect(() => readSettings(folder(`${SITE}[mail]\n${table}\n`), {}, {})).toThrow(refusal)
  })

  test('a password in the settings is refused, and not repeated', () => {
    const data = folder(`${SITE}[mail]\nhost = "a.example"\npassword = "hunter2"\n${FROM}\n`)
    expect(() => readSettings(data, {}, {})).toThrow(/password: a password does not belong in the settings/)
    expect(() => readSettings(data, {}, {})).not.toThrow(/hunter2/)
  })

  test('mail needs an address under which people sign in, and is no flag', () => {
    const data = folder(`[mail]\nhost = "a.example"\n${FROM}\n`)
    expect(() => readSettings(data, {}, {})).toThrow(/vidne\.toml: mail cannot be used: it is given without public_url/)
    expect(() => readSettings(folder(), { mail: 'smtp://x' }, {})).toThrow(/--mail cannot be used: a table \[mail\]/)
  })

  test.each([
    ['a folder', (file: string) => mkdirSync(file), /EISDIR/],
    ['a link to itself', (file: string) => symlinkSync(file, file), /ELOOP/],
  ])('a file of settings that cannot be read is refused for that, not passed over: %s', (_, make, why) => {
    const data = folder()
    make(join(data, 'vidne.toml'))
    expect(() => readSettings(data, {}, {})).toThrow(/vidne\.toml cannot be read: /)
    expect(() => readSettings(data, {}, {})).toThrow(why)
  })

  test('another host is served behind a trusted proxy with https', () => {
    const flags = { host: '0.0.0.0', publicUrl: 'https://vidne.example', trustProxy: '10.0.0.0/8' }
    const { trustProxy } = readSettings(folder(), flags, {})
    expect([trustProxy?.holds('10.2.3.4'), trustProxy?.holds('11.2.3.4'), trustProxy?.holds('nonsense')]).toEqual([
      true,
      false,
      false,
    ])
  })
})

test('what the environment says to the command, to the vault and to our tests is no setting', () => {
  const env = { VIDNE_TOKEN: 'vdn_x', VIDNE_SERVER: 'http://x', VIDNE_DATA: '/x', VIDNE_MASTER_KEY_FILE: '/k' }
  expect(readSettings(folder(), {}, { ...env, VIDNE_TEST_HOLD: '1', VIDNE_TORTURE: 'full' }).port).toBe(8420)
})

test('a number is digits, or an integer of TOML', () => {
  const settings = readSettings(
    folder('port = 8421'),
    { uploadHours: '24' },
    { VIDNE_UPLOAD_BYTES: '9007199254740991' },
  )
  expect([settings.port, settings.uploadHours, settings.uploadBytes]).toEqual([8421, 24, 9_007_199_254_740_991])
})
