import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readMailServer } from '../mail-ground.ts'
import { readSettings } from '../platform/settings/settings.ts'
import { aMailServer, type TestMailServer } from '../platform/testing/a-mail-server.ts'
import { toldIn } from './finding.ts'
import { mailFinding } from './mail-finding.ts'

/** As the command line says it in English. */
const found = async (settings: Parameters<typeof mailFinding>[0]) => toldIn('en', await mailFinding(settings))

describe('what the doctor says of mail', () => {
  const login = { user: 'vidne', password: 'hunter2' }
  let folder: string
  let office: TestMailServer
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'vidne-mail-settings-'))))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  beforeEach(async () => void (office = await aMailServer({ login })))
  afterEach(() => office.away())

  const file = (name: string, content: string, mode = 0o600): string => {
    const path = join(folder, name)
    writeFileSync(path, content)
    chmodSync(path, mode)
    return path
  }
  const settings = (...lines: string[]) => {
    const table = [`host = "127.0.0.1"`, `port = ${office.server.port}`, 'tls = "none"', 'from = "vidne@example.org"']
    file('vidne.toml', ['public_url = "http://localhost:8420"', '[mail]', ...table, ...lines].join('\n'))
    return readSettings(folder, {}, {})
  }
  const signedIn = (path: string) => settings('user = "vidne"', `password_file = "${path}"`)

  test('that none is set is no fault', async () => {
    file('vidne.toml', '')
    expect(await found(readSettings(folder, {}, {}))).toMatchObject({ code: 'mail', ok: true })
  })

  test('that the server is there, and nothing was sent to find out', async () => {
    expect(await found(signedIn(file('password', 'hunter2\n')))).toMatchObject({
      ok: true,
      text: expect.stringMatching(/is there and takes mail from vidne@example\.org/),
    })
    expect(office.arrived).toEqual([])
  })

  test('that the server is away, or knows neither name nor password, without repeating it', async () => {
    const refused = await found(signedIn(file('password', 'hunter3')))
    expect(refused).toMatchObject({ ok: false, stops: false, text: expect.stringContaining('EAUTH') })
    expect(refused.text).not.toContain('hunter3')
    const set = signedIn(file('password', 'hunter2'))
    await office.away()
    expect(await found(set)).toMatchObject({ ok: false, stops: false, text: expect.stringContaining('ESOCKET') })
    await office.back()
  })

  test.each([
    ['everybody can read', 'hunter2', 0o644, /everybody on this machine can read/],
    ['holds more than one line', 'hunter2\nhunter3', 0o600, /as its only line/],
    ['is empty', '', 0o600, /as its only line/],
  ])('that the file of the password %s', async (_, content, mode, why) => {
    const one = await found(signedIn(file('password', content, mode)))
    expect(one).toMatchObject({ ok: false, stops: true, text: expect.stringMatching(why) })
    expect(one.text).not.toContain('hunter')
  })

  test('that there is no password, or no such file', async () => {
    expect((await found(settings('user = "vidne"'))).text).toMatch(/user is given without a password/)
    expect((await found(signedIn(join(folder, 'nowhere')))).text).toMatch(/password_file: .*cannot be read/)
    expect((await found(settings(`ca_file = "${join(folder, 'nowhere')}"`))).text).toMatch(/ca_file: /)
  })

  test('systemd’s credential is the password where there is one', async () => {
    file('vidne-mail-password', 'from the credential\n')
    const server = await readMailServer(settings('user = "vidne"'), { CREDENTIALS_DIRECTORY: folder })
    expect(server?.login).toEqual({ user: 'vidne', password: 'from the credential' })
  })
})
