import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { onEachEngine } from '../../platform/testing/databases.ts'
import type { Actor } from '../people.ts'
import { mailTrial, SITE, type MailTrial } from '../testing/with-mail.ts'
import { addressDigest } from './secrets.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

onEachEngine('addresses for mail', ground => {
  let trial: MailTrial
  let operator: Actor
  let ann: Actor
  beforeEach(async () => {
    trial = await mailTrial(ground)
    operator = (await trial.found('Southwark')).operatorActor
    ann = await trial.person(operator, 'Ann Clerk', 'evidence-clerk')
  })
  afterEach(() => trial.close())

  const name = (address: string, language: 'en' | 'da' = 'en', actor = ann) =>
    ground.database.asAgency(actor.agency, trx => trial.people.mail.name(trx, { actor, address, language }))
  const confirm = (code: string, actor = ann) =>
    ground.database.asAgency(actor.agency, trx => trial.people.mail.confirm(trx, { actor, code }))
  const shown = (actor = ann) => ground.database.asAgency(actor.agency, trx => trial.people.mail.addresses(trx, actor))
  const codeIn = (text = '') => /^\d{6}$/m.exec(text)?.[0] ?? 'none'
  const mailed = async () => {
    await trial.round()
    return trial.letters()
  }
  const other = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

  test('are confirmed by the code that was mailed there, once and in time', async () => {
    expect(await name('ann@example.org', 'da')).toBe('code-sent')
    const [letter, ...more] = await mailed()
    expect(more).toEqual([])
    expect(letter).toMatchObject({ to: 'ann@example.org', subject: 'Bekræft denne adresse' })
    expect(await shown()).toMatchObject({ confirmed: null, offered: { address: 'ann@example.org' } })
    const code = codeIn(letter?.text)
    expect(await confirm(other(code))).toBe('wrong')
    expect(await confirm(code)).toBe('confirmed')
    expect(await confirm(code)).toBe('over')
    expect(await shown()).toEqual({
      confirmed: { address: 'ann@example.org', language: 'da' },
      offered: null,
      refused: false,
    })
    expect(await name('ann@example.org', 'en')).toBe('kept')
    expect((await shown()).confirmed?.language).toBe('en')
    expect(await mailed()).toEqual([])
  })

  test('a code that was guessed at five times, or is an hour old, is none', async () => {
    await name('ann@example.org')
    const code = codeIn((await mailed())[0]?.text)
    for (let wrong = 0; wrong < 5; wrong += 1) expect(await confirm(other(code))).toBe('wrong')
    expect(await confirm(code)).toBe('over')
    await name('ann@example.org')
    const again = codeIn((await mailed())[0]?.text)
    trial.wall.at += HOUR
    expect(await confirm(again)).toBe('over')
  })

  test('nobody has codes sent without end', async () => {
    for (let times = 0; times < 5; times += 1) expect(await name(`ann${times}@example.org`)).toBe('code-sent')
    expect(await name('eve@example.org')).toBe('too-many')
    const letters = await mailed()
    expect(letters.map(({ to }) => to)).not.toContain('eve@example.org')
    // What was named last is what is confirmed; the codes before it are worth nothing.
    expect(letters.at(-1)?.to).toBe('ann4@example.org')
    for (const { text } of letters.slice(0, -1)) expect(await confirm(codeIn(text))).toBe('wrong')
    expect(await confirm(codeIn(letters.at(-1)?.text))).toBe('confirmed')
    trial.wall.at += HOUR
    expect(await name('eve@example.org')).toBe('code-sent')
  })

  test('a code counts for whoever it was sent to, and for nobody else', async () => {
    const bo = await trial.person(operator, 'Bo Sergeant', 'supervisor')
    await name('ann@example.org')
    const code = codeIn((await mailed())[0]?.text)
    expect(await confirm(code, bo)).toBe('over')
    await name('bo@example.org', 'en', bo)
    expect(await confirm(code, bo)).toBe('wrong')
    expect(await confirm(code)).toBe('confirmed')
    expect((await shown(bo)).confirmed).toBe(null)
  })

  test('another one is told to the one before it, which is used until the new one is confirmed', async () => {
    await trial.address(ann, 'ann@example.org')
    await name('eve@example.org')
    const letters = (await mailed()).toSorted((a, b) => a.to.localeCompare(b.to))
    expect(letters).toMatchObject([
      { to: 'ann@example.org', subject: 'Another address for your mail' },
      { to: 'eve@example.org', subject: 'Confirm this address' },
    ])
    expect((await shown()).confirmed?.address).toBe('ann@example.org')
    await confirm(codeIn(letters[1]?.text))
    expect(await shown()).toMatchObject({ confirmed: { address: 'eve@example.org' }, offered: null })
    expect(await everything()).not.toContain('ann@example.org')
  })

  test('stand in the agency’s chain as a digest, for each change', async () => {
    await trial.address(ann, 'ann@example.org')
    const { rows } = await ground.database.asInstallation(trx =>
      sql<{ salt: Uint8Array }>`select salt from people_address where person = ${ann.person}::uuid`.execute(trx),
    )
    const digest = addressDigest(rows[0]?.salt ?? new Uint8Array(), 'ann@example.org')
    await ground.database.asAgency(ann.agency, trx => trial.people.mail.remove(trx, { ...ann, by: ann }))
    const events = await ground.database.asInstallation(trx => trial.history.of(trx, ann.agency))
    const ours = events.filter(({ core }) => core.type.startsWith('address-'))
    expect(ours.map(({ core }) => core.type)).toEqual(['address-named', 'address-confirmed', 'address-removed'])
    for (const { fields } of ours)
      expect(fields.find(field => field.name === 'address')).toMatchObject({ value: digest })
    expect(JSON.stringify(events)).not.toContain('example.org')
    expect(await everything()).not.toContain('ann@example.org')
  })

  test('go with what waits for them when they are removed, and with the account', async () => {
    await trial.address(ann, 'ann@example.org')
    await trial.postOffice.away()
    await notice('passkey-added')
    await trial.round()
    await ground.database.asAgency(ann.agency, trx => trial.people.mail.remove(trx, { ...ann, by: ann }))
    await trial.postOffice.back()
    trial.wall.at += HOUR
    expect(await mailed()).toEqual([])
    await trial.address(ann, 'ann@example.org')
    await trial.people.signIn.closeAccount(operator, ann.person)
    expect(await shown()).toEqual({ confirmed: null, offered: null, refused: false })
    expect(await everything()).not.toContain('ann@example.org')
  })

  test('of whoever can come in no more end within the hour', async () => {
    const link = await invited('Cara New', 'cara@example.org')
    await trial.people.hourly()
    expect(await everything()).toContain('cara@example.org')
    trial.wall.at += 8 * DAY
    await trial.people.hourly()
    expect(await everything()).not.toContain('cara@example.org')
    const events = await ground.database.asInstallation(trx => trial.history.of(trx, ann.agency))
    expect(events.map(({ core }) => core.type)).toContain('address-removed')
    expect(await trial.people.signIn.invitation(link)).toBe(null)
  })

  test('that an administrator gave get the link of the invitation, and nothing else until they are confirmed', async () => {
    const secret = await invited('Cara New', 'cara@example.org')
    const [letter, ...more] = await mailed()
    expect(more).toEqual([])
    // In the language of the agency's rules: nobody has chosen another one.
    expect(letter).toMatchObject({ to: 'cara@example.org', subject: 'Du kan skapa ett konto' })
    expect(letter?.text).toContain(`${SITE}/invitation#${secret}`)
    expect(await trial.people.signIn.invitation(secret)).toMatchObject({ person: { name: 'Cara New' } })
    for (const word of ['Cara New', 'Southwark', 'Operator']) expect(letter?.raw).not.toContain(word)
    await notice('passkey-added', 'Cara New')
    expect(await mailed()).toEqual([])
  })

  test('a link that was withdrawn is mailed to nobody any more', async () => {
    await trial.postOffice.away()
    await invited('Cara New', 'cara@example.org')
    await trial.round()
    const { person } = await cara()
    await ground.database.asAgency(ann.agency, trx => trial.people.signIn.withdraw(trx, operator, person))
    await trial.postOffice.back()
    trial.wall.at += HOUR
    expect(await mailed()).toEqual([])
  })

  test('neither link nor code lies in the database, and what they were encrypted as goes when they are sent', async () => {
    const secret = await invited('Cara New', 'cara@example.org')
    await name('ann@example.org')
    const before = await secrets()
    expect(before).toHaveLength(2)
    const rows = await everything()
    for (const form of [secret, Buffer.from(secret).toString('hex')]) expect(rows).not.toContain(form)
    const [code] = (await mailed()).map(({ text }) => codeIn(text)).filter(one => one !== 'none')
    expect(rows).not.toContain(`"${code}"`)
    expect(rows).not.toContain(Buffer.from(code ?? 'none').toString('hex'))
    expect(await secrets()).toEqual([])
  })

  test('a refusing one is shown to its owner, is tried no more, and holds up nobody else', async () => {
    const bo = await trial.person(operator, 'Bo Sergeant', 'supervisor')
    await trial.address(ann, 'ann@example.org')
    await trial.address(bo, 'bo@example.org')
    trial.wall.at += MINUTE
    trial.postOffice.refuse.recipient = address => (address.startsWith('ann') ? 550 : null)
    await notice('password-changed')
    await notice('password-changed', 'Bo Sergeant')
    expect((await mailed()).map(({ to }) => to)).toEqual(['bo@example.org'])
    expect((await shown()).refused).toBe(true)
    expect((await shown(bo)).refused).toBe(false)
    trial.postOffice.refuse.recipient = () => null
    trial.wall.at += DAY
    expect(await mailed()).toEqual([])
    expect(trial.logged.join()).not.toContain('example.org')
    await notice('signed-out')
    expect(await mailed()).toMatchObject([{ to: 'ann@example.org', subject: 'A session of yours was ended' }])
    expect((await shown()).refused).toBe(false)
  })

  test('one that takes a mail later gets it later', async () => {
    await trial.address(ann, 'ann@example.org')
    trial.postOffice.refuse.recipient = () => 451
    await notice('password-changed')
    expect(await mailed()).toEqual([])
    trial.postOffice.refuse.recipient = () => null
    trial.wall.at += MINUTE
    expect(await mailed()).toHaveLength(1)
  })

  test('a mail whose taking could not be noted is sent again as the same mail', async () => {
    const crash = { now: false }
    const other = await mailTrial(ground, undefined, () => {
      if (crash.now) throw new Error('the process ends here')
    })
    other.wall.at = trial.wall.at
    const { operatorActor } = await other.found('Lambeth')
    await other.address(operatorActor, 'op@example.org')
    crash.now = true
    await ground.database.asAgency(operatorActor.agency, trx =>
      other.people.mail.notice(trx, { ...operatorActor, about: 'passkey-added' }),
    )
    // It is sent as soon as it is there, or by this round; whichever takes it does not come back.
    await other.round().catch(() => undefined)
    const [once] = other.letters()
    expect(once).toMatchObject({ to: 'op@example.org' })
    crash.now = false
    other.wall.at += MINUTE
    await other.round()
    expect(other.letters()).toMatchObject([{ to: 'op@example.org', id: once?.id, text: once?.text }])
    other.wall.at += DAY
    await other.round()
    expect(other.letters()).toEqual([])
    await other.postOffice.away()
  })

  test('no name can put anything into a mail', async () => {
    const odd = 'Eve\r\nBcc: eve@example.org\r\n\r\nsecond body'
    const { operatorActor } = await trial.found(odd)
    const eve = await trial.person(operatorActor, `${odd} 2`, 'supervisor')
    await trial.address(eve, 'eve2@example.org')
    await ground.database.asAgency(eve.agency, trx =>
      trial.people.mail.notice(trx, { ...eve, about: 'password-changed' }),
    )
    const letters = await mailed()
    expect(letters.map(({ to }) => to)).toEqual(['eve2@example.org'])
    expect(letters[0]?.raw).not.toMatch(/bcc|second body/i)
    for (const address of ['a@b.example\r\nBcc: c@d.example', 'a@b.example, c@d.example', '"a b"@c.example', 'a'])
      await expect(name(address)).rejects.toThrow(/check constraint/)
  })

  test('are seen by their own agency alone', async () => {
    await trial.address(ann, 'ann@example.org')
    await notice('password-changed')
    const { operatorActor } = await trial.found('Lambeth')
    for (const table of ['people_address', 'people_mail', 'people_mail_told'])
      expect(
        (
          await ground.database.asAgency(operatorActor.agency, trx =>
            sql<object>`select * from ${sql.table(table)} where agency = ${ann.agency}::uuid`.execute(trx),
          )
        ).rows,
      ).toEqual([])
    await mailed()
  })

  async function notice(
    about: Parameters<MailTrial['people']['mail']['notice']>[1]['about'],
    who = 'Ann Clerk',
  ): Promise<void> {
    const { agency } = ann
    await ground.database.asAgency(agency, async trx => {
      const person = await trial.people.person(trx, agency, who)
      if (person === null) throw new Error(`there is nobody called ${who}`)
      await trial.people.mail.notice(trx, { agency, person: person.id, about })
    })
  }

  /** Invites somebody, and mails them the link; its secret. */
  async function invited(who: string, address: string): Promise<string> {
    const { agency } = operator
    return ground.database.asAgency(agency, async trx => {
      const made = await trial.people.signIn.invite(trx, { agency, name: who, roles: [], by: operator })
      if (made === 'is-a-machine') throw new Error(made)
      const { person, secret, ends } = made
      await trial.people.mail.invite(trx, { agency, person, address, secret, ends, by: operator })
      return secret
    })
  }

  async function cara(): Promise<{ person: string }> {
    const found = await ground.database.asAgency(ann.agency, trx => trial.people.person(trx, ann.agency, 'Cara New'))
    return { person: found?.id ?? '' }
  }

  /** Every row of the agency that mail writes, and every event of its chain, as text. */
  async function everything(): Promise<string> {
    const tables = ['people_address', 'people_mail', 'people_mail_told', 'history_event']
    const texts = await ground.database.asInstallation(async trx => {
      const found: unknown[] = []
      for (const table of tables)
        found.push(
          (
            await sql`select row_to_json(t) as row from ${sql.table(table)} t where agency = ${ann.agency}::uuid`.execute(
              trx,
            )
          ).rows,
        )
      return found
    })
    return JSON.stringify(texts)
  }

  async function secrets(): Promise<object[]> {
    const { rows } = await ground.database.asInstallation(trx =>
      sql<object>`select id from people_mail where agency = ${ann.agency}::uuid and secret is not null`.execute(trx),
    )
    return rows
  }
})
