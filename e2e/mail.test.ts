import { randomBytes } from 'node:crypto'
import { freePort } from '@vidne/server/platform/testing/a-shell'
import { mailTables } from '@vidne/server/people/mail/store'
import { codeOf } from '@vidne/server/people/testing/authenticator'
import { aMailServer, readLetter, type TestMailServer } from '@vidne/server/platform/testing/a-mail-server'
import { workByTheClock } from '@vidne/server/schedule'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { groundFor, groundKinds } from './grounds.ts'
import { type Asked, ask, dock, get, inDays, personIn } from './guarantees/asking.ts'
import { type Inside, inside } from './guarantees/inside.ts'

const PASSWORD = 'correct horse battery staple'
const NEW_PASSWORD = 'another four words here'

describe.each(groundKinds)('mail (%s)', kind => {
  let place: Awaited<ReturnType<typeof groundFor>>
  let office: TestMailServer
  let here: Inside
  let supervisor: Asked
  let recording: string
  let site: string

  beforeAll(async () => {
    ;[place, office] = await Promise.all([groundFor(kind), aMailServer()])
    const { host, port, tls } = office.server
    const mail = { host, port, tls, from: 'Vidne <vidne@example.org>' }
    const { database, objects } = place
    const free = await freePort()
    site = `http://localhost:${free}`
    here = await inside({
      database,
      ...(objects === undefined ? {} : { objects }),
      settings: { mail, publicUrl: site, port: free },
    })
    supervisor = await personIn(here.clerk, 'Sigrid Holmgaard', 'supervisor')
    const file = {
      path: 'DCIM/Vestergade_0417.mp4',
      bytes: randomBytes(3000),
      camera: 'BC-1771',
      wearer: 'PC 1882 Mortensen',
    }
    recording = (await dock(here.camera, file)).recording
    await get(here.clerk, 'POST', `/api/recordings/${recording}/hold`, {
      reason: 'Sørensen complained about the arrest',
    })
    await get(here.clerk, 'POST', '/api/cases', { number: '0100-10283-00047', title: 'Robbery in Vestergade' })
    await get(here.clerk, 'POST', `/api/recordings/${recording}/work`, {
      content: { kind: 'note', words: 'The man in the yellow jacket is Kasper Brandt' },
    })
  })
  afterAll(async () => {
    await here?.close()
    await office?.away()
    await place?.remove()
  })

  /** Names an address and confirms it by the code that comes. */
  async function confirmed(address: string, post: (path: string, body: object) => Promise<unknown>, language = 'en') {
    await post('/api/account/address', { address, language })
    const code = /^\d{6}\r?$/m.exec((await mailed())[0]?.text ?? '')?.[0]?.trim() ?? ''
    await post('/api/account/address/confirm', { code })
  }

  /** A request of a browser that is signed in. */
  async function browse(cookie: string, method: string, path: string, body: object) {
    const headers = { cookie, origin: site, 'content-type': 'application/json' }
    return fetch(site + path, { method, headers, body: JSON.stringify(body) })
  }

  /** Somebody who was invited and made an account by password and code: what the authenticator was given, and the browser's cookie. */
  async function joined(name: string, account: string): Promise<[uri: string, cookie: string]> {
    const wish = { name, roles: ['auditor'] }
    const { link } = await get<{ link: string }>(here.clerk, 'POST', '/api/people/invitations', wish)
    const secret = link.split('#')[1] ?? ''
    const chosen = await browse('', 'POST', '/api/invitation/password', { secret, account, password: PASSWORD })
    const { uri } = (await chosen.json()) as { uri: string }
    const entered = await browse('', 'POST', '/api/invitation/code', { secret, code: codeOf(uri) })
    return [uri, entered.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '']
  }

  /** A minute of the clock; what has arrived until then. */
  async function mailed() {
    await here.ground.people.mail.round(await here.ground.people.agencies())
    return office.arrived.splice(0).map(({ to, raw }) => ({ to: to.join(), raw, ...readLetter(raw) }))
  }

  test('an address is named, confirmed by its code, shown and removed over the API', async () => {
    const clerk = await personIn(here.clerk, 'Clara Clerk', 'evidence-clerk')
    const shown = () => get<object>(clerk, 'GET', '/api/account/address')
    expect(await shown()).toEqual({ sends: true, confirmed: null, offered: null, refused: false })
    for (const address of [
      'nobody',
      'a@b.example\r\nBcc: c@d.example',
      'a@b.example, c@d.example',
      `${'a'.repeat(250)}@b.example`,
    ])
      expect((await ask(clerk, 'POST', '/api/account/address', { address, language: 'en' })).status).toBe(400)
    await get(clerk, 'POST', '/api/account/address', { address: 'clara@example.org', language: 'sv' })
    const [letter] = await mailed()
    expect(letter).toMatchObject({ to: 'clara@example.org', subject: 'Bekräfta den här adressen' })
    const code = /^\d{6}\r?$/m.exec(letter?.text ?? '')?.[0]?.trim() ?? ''
    const wrong = code === '000000' ? '000001' : '000000'
    expect(await ask(clerk, 'POST', '/api/account/address/confirm', { code: wrong })).toMatchObject({ status: 409 })
    await get(clerk, 'POST', '/api/account/address/confirm', { code })
    expect(await shown()).toMatchObject({ confirmed: { address: 'clara@example.org', language: 'sv' }, offered: null })
    await get(clerk, 'POST', '/api/account/address/remove')
    expect(await shown()).toEqual({ sends: true, confirmed: null, offered: null, refused: false })
    expect(await ask(clerk, 'POST', '/api/account/address/remove')).toMatchObject({ status: 404 })
  })

  test('an invitation is mailed with the link that the page shows too', async () => {
    const wish = { name: 'Nanna Nygaard', roles: ['wearer'], address: 'nanna@example.org' }
    const made = await get<{ link: string; mailed: boolean }>(here.clerk, 'POST', '/api/people/invitations', wish)
    expect(made.mailed).toBe(true)
    const [letter, ...more] = await mailed()
    expect(more).toEqual([])
    expect(letter?.to).toBe('nanna@example.org')
    expect(letter?.text).toContain(`${site}${made.link}`)
    expect(letter?.text).not.toContain('Nanna')
  })

  test('what waits for an answer is mailed to who may answer, and nothing of the case is in it', async () => {
    await confirmed('sergeant@example.org', (path, body) => get(supervisor, 'POST', path, body), 'da')
    const { approval } = await get<{ approval: string }>(here.clerk, 'POST', `/api/recordings/${recording}/release`, {
      reason: 'Sørensen withdrew what he said about Mortensen',
    })
    const [letter, ...more] = await mailed()
    expect(more).toEqual([])
    expect(letter).toMatchObject({ to: 'sergeant@example.org', subject: 'Noget venter på dit svar' })
    expect(letter?.text).toContain(`${site}/approvals`)
    const known = await everyWord()
    expect([...known]).toEqual(
      expect.arrayContaining([
        recording,
        approval,
        '0100-10283-00047',
        'Sigrid Holmgaard',
        'BC-1771',
        'PC 1882 Mortensen',
      ]),
    )
    expect([...known].some(word => word.includes('yellow jacket'))).toBe(true)
    const said = `${letter?.headers}\n${letter?.subject}\n${letter?.text}\n${letter?.raw}`.toLowerCase()
    expect([...known].filter(word => said.includes(word.toLowerCase()))).toEqual([])
    // Behind the sign-in alone: the page of the link tells a stranger nothing.
    expect((await ask({ ...here.clerk, token: null }, 'GET', '/api/approvals')).status).toBe(401)
  })

  test('what is changed of an account is told to its owner, at the address that was confirmed before', async () => {
    const [uri, first] = await joined('Petra Password', 'petra')
    await confirmed('petra@example.org', (path, body) => browse(first, 'POST', path, body))
    const change = { old: PASSWORD, password: NEW_PASSWORD }
    expect((await browse(first, 'POST', '/api/account/password', change)).status).toBe(200)
    const wish = { password: NEW_PASSWORD }
    expect((await browse(first, 'POST', '/api/account/recovery-codes', wish)).status).toBe(200)
    const sessions = await get<{ id: string; person: string }[]>(here.clerk, 'GET', '/api/sessions')
    const hers = sessions.find(({ person }) => person === 'Petra Password')
    await get(here.clerk, 'POST', `/api/sessions/${hers?.id}/end`, {})
    await joined('Petra Password', 'petra2')
    const letters = await mailed()
    expect(letters.map(({ to, subject }) => `${to}: ${subject}`)).toEqual([
      'petra@example.org: Your password was changed',
      'petra@example.org: New recovery codes for your account',
      'petra@example.org: A session of yours was ended',
      'petra@example.org: Your account was made anew',
    ])
    const secrets = [PASSWORD, NEW_PASSWORD, 'Petra', new URL(uri).searchParams.get('secret') ?? 'none']
    for (const { raw } of letters) expect(secrets.filter(one => raw.includes(one))).toEqual([])
  })

  test('what waits is looked for each minute', async () => {
    const found = workByTheClock(here.ground, here.house).find(({ name }) => name === 'people-mail')
    expect(found?.cron).toBe('* * * * *')
  })

  test('the end of an answer is the end of its mail', async () => {
    // As if the last one had been told long ago: within the hour nobody is told again.
    await here.ground.database.asInstallation(trx =>
      mailTables(trx)
        .updateTable('people_mail')
        .set({ made_at: new Date(0) })
        .where('state', '=', 'sent')
        .execute(),
    )
    await office.away()
    await inDays(here.clerk, 8)
    await get(here.clerk, 'POST', `/api/recordings/${recording}/release`, { reason: 'once more' })
    await mailed()
    await office.back()
    await inDays(here.clerk, 16)
    const due = await here.ground.database.asInstallation(trx =>
      mailTables(trx)
        .updateTable('people_mail')
        .set(of => ({ next_at: of.ref('made_at') }))
        .where('state', '=', 'waiting')
        .returning('kind')
        .execute(),
    )
    expect(due).toEqual([{ kind: 'approvals' }])
    expect(await mailed()).toEqual([])
  })

  /** Every text that the installation holds about footage, cases and people: what its histories say, and what its tables do. */
  async function everyWord(): Promise<Set<string>> {
    const words = new Set<string>()
    const gather = (value: unknown): void => {
      if (typeof value === 'string' && value.length > 3) words.add(value)
      else if (typeof value === 'object' && value !== null) Object.values(value).forEach(gather)
    }
    const { database, history } = here.ground
    await database.asInstallation(async trx => {
      for (const { fields } of await history.of(trx, recording))
        for (const field of fields) if (typeof field === 'object' && 'value' in field) gather(field.value)
      for (const table of OF_PEOPLE_AND_FOOTAGE) {
        const rows = await trx.$extendTables<Record<string, object>>().selectFrom(table).selectAll().execute()
        rows.forEach(gather)
      }
    })
    for (const code of CODES) words.delete(code)
    return words
  }
})

const OF_PEOPLE_AND_FOOTAGE = [
  'dock_recording',
  'keep_hold',
  'people_person',
  'people_agency',
  'people_approval',
  'review_case',
  'review_entry',
  'review_entry_version',
  'review_word',
]

/** Values of the program’s own that are said in every mail too: how a path was spelt, and who acts by the clock. */
const CODES = ['utf-8', 'installation']
