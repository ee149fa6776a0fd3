import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readSettings } from './settings.ts'

function folder(toml?: string) {
  const data = mkdtempSync(join(tmpdir(), 'vidne-settings-'))
  if (toml !== undefined) writeFileSync(join(data, 'vidne.toml'), toml)
  return data
}

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
    [{}, {}, 'prot = 1', /"prot" that Vidne does not know/],
    [{}, {}, 'port = ', /is not TOML/],
    [{ database: 'mysql://x' }, {}, '', /--database cannot be used/],
    [{ trustProxy: '10.0.0.0/99' }, {}, '', /--trust-proxy cannot be used: .*address range/],
    [{ tlsCert: 'a' }, {}, '', /belong together/],
    [{ host: '0.0.0.0' }, {}, '', /--public-url https/],
    [{ host: '0.0.0.0', publicUrl: 'http://x.example', trustProxy: '10.0.0.0/8' }, {}, '', /--public-url https/],
  ])('a bad setting is refused by name: %j %j %s', (flags, env, toml, refusal) => {
    expect(() => readSettings(folder(toml), flags, env)).toThrow(refusal)
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
