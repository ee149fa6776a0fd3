import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { toHex } from '@vidne/evidence/bytes'
import { leafHash, treeRoot } from '@vidne/tlog/merkle'
import { refusedWith } from '../platform/database/errors.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import { auditLeaf } from './audit.ts'
import { peopleTables } from './store.ts'
import { peopleTrial, setClock, type PeopleTrial } from './testing/an-agency.ts'
import type { Actor, Role } from './people.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

onEachEngine('people', ground => {
  const clock = setClock('2026-11-21T12:10:00Z')
  let trial: PeopleTrial
  let operator: Actor
  beforeAll(async () => {
    trial = await peopleTrial(ground, clock)
    operator = (await trial.found('Southwark')).operatorActor
  })
  const inAgency = <T>(work: Parameters<typeof ground.database.asAgency<T>>[1]): Promise<T> =>
    ground.database.asAgency(operator.agency, work)
  const signIn = (token: string) => trial.people.authenticate(`Bearer ${token}`)

  describe('a token', () => {
    test('of a new agency says who holds it and in which roles', async () => {
      const founded = await trial.found('Lewisham')
      expect(await trial.actor(founded.operator.token)).toMatchObject({
        agency: founded.agency,
        name: 'Operator',
        roles: ['agency-administrator', 'evidence-clerk'],
      })
      expect((await trial.actor(founded.dock.token)).roles).toEqual(['dock'])
    })

    test('that nobody issued, or none at all, is unknown', async () => {
      const good = (await trial.found('Camden')).operator.token
      const forged = `${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`
      for (const header of [`Bearer ${forged}`, 'Bearer nonsense', `Basic ${good}`, good, '', null, undefined]) {
        expect(await trial.people.authenticate(header)).toEqual({ holds: false, because: 'unknown', known: null })
      }
    })

    test('is refused from the moment it expires, and by a wrong secret even then as unknown', async () => {
      const made = await inAgency(trx =>
        trial.people.createToken(trx, operator, { person: 'Erin', role: 'investigator', expires: clock.at + DAY }),
      )
      if (!made.made) throw new Error(made.because)
      clock.at += DAY - 1
      expect(await signIn(made.token)).toMatchObject({ holds: true })
      clock.at += 1
      expect(await signIn(made.token)).toMatchObject({ holds: false, because: 'expired' })
      expect(await signIn(`${made.token.slice(0, 20)}${'0'.repeat(made.token.length - 20)}`)).toMatchObject({
        because: 'unknown',
      })
    })

    test('is refused at once when it is revoked, or the role behind it is taken back', async () => {
      const nadia = await trial.person(operator, 'Nadia', 'supervisor')
      const made = await inAgency(trx =>
        trial.people.createToken(trx, operator, { person: 'Nadia', role: 'supervisor', expires: null }),
      )
      if (!made.made) throw new Error(made.because)
      const second = await trial.actor(made.token)
      expect(await inAgency(trx => trial.people.revokeToken(trx, operator, second.token))).toBe('revoked')
      expect(await signIn(made.token)).toMatchObject({ holds: false, because: 'revoked' })

      const third = await inAgency(trx =>
        trial.people.createToken(trx, operator, { person: 'Nadia', role: 'supervisor', expires: null }),
      )
      if (!third.made) throw new Error(third.because)
      await inAgency(trx =>
        peopleTables(trx)
          .updateTable('people_grant')
          .set({ revoked_at: new Date(clock.at) })
          .where('person', '=', nadia.person)
          .execute(),
      )
      expect((await trial.actor(third.token)).roles).toEqual([])
    })

    test('is kept as a digest only', async () => {
      const { operator: held } = await trial.found('Hackney')
      const secret = held.token.split('_')[2]!
      const { rows } = await ground.database.asInstallation(trx =>
        sql<{ text: string }>`select t::text as text from people_token t`.execute(trx),
      )
      expect(rows.length).toBeGreaterThan(0)
      for (const { text } of rows) {
        expect(text).not.toContain(secret)
        expect(text).not.toContain(Buffer.from(secret).toString('hex'))
      }
    })

    test('is given only by an administrator, for a person, and not for the past', async () => {
      const clerk = await trial.person(operator, 'Clerk', 'evidence-clerk')
      const wish = (by: Actor, person: string, role: Role, expires: number | null) =>
        inAgency(trx => trial.people.createToken(trx, by, { person, role, expires }))
      expect(await wish(clerk, 'Somebody', 'wearer', null)).toEqual({ made: false, because: 'not-allowed' })
      expect(await wish(operator, ' \t', 'wearer', null)).toEqual({ made: false, because: 'nobody' })
      expect(await wish(operator, 'Somebody', 'wearer', clock.at)).toEqual({ made: false, because: 'already-over' })
      expect(await wish(operator, 'Clerk', 'dock', null)).toEqual({ made: false, because: 'machine-and-person' })
      expect(await wish(operator, 'Dock', 'supervisor', null)).toEqual({ made: false, because: 'machine-and-person' })
    })

    test('of the same name, however it is written, is the same person', async () => {
      const one = await trial.person(operator, 'Åse  Sørensen', 'supervisor')
      const other = await trial.person(operator, ' åse sørensen', 'evidence-clerk')
      expect(other.person).toBe(one.person)
      expect(other.token).not.toBe(one.token)
    })
  })

  test('the persons of one agency are not there for another', async () => {
    const stranger = (await trial.found('Elsewhere')).operatorActor
    const names = await ground.database.asAgency(stranger.agency, trx => trial.people.names(trx, [operator.person]))
    expect(names.size).toBe(0)
    await expect(
      ground.database.asAgency(stranger.agency, trx =>
        trial.people.noteAudit(trx, {
          agency: operator.agency,
          person: null,
          token: null,
          act: 'list',
          subject: null,
          outcome: 'x',
        }),
      ),
    ).rejects.toSatisfy(error => refusedWith(error, '42501'))
  })

  test('every grant and token stands in the history of the agency', async () => {
    const founded = await trial.found('Barnet')
    const events = await ground.database.asAgency(founded.agency, trx => trial.history.of(trx, founded.agency))
    expect(events.map(event => event.core.type)).toEqual([
      'opened',
      'role-granted',
      'role-granted',
      'token-issued',
      'role-granted',
      'token-issued',
    ])
  })

  describe('audit rows', () => {
    const listing = (subject: string | null) => ({
      agency: operator.agency,
      person: operator.person,
      token: operator.token,
      act: 'list' as const,
      subject,
      outcome: 'allowed',
    })

    test('cannot be changed, removed or truncated', async () => {
      await inAgency(trx => trial.people.noteAudit(trx, listing(null)))
      for (const attempt of [
        "update people_audit set outcome = 'x'",
        'delete from people_audit',
        'truncate people_audit',
      ]) {
        await expect(inAgency(trx => sql.raw(attempt).execute(trx))).rejects.toThrow(
          /never changed|append-only|permission denied/,
        )
      }
    })

    test('of an hour are committed together in one event, each once, and the root can be recomputed', async () => {
      clock.at += HOUR
      await trial.people.hourly()
      clock.at += HOUR
      await inAgency(trx => trial.people.noteAudit(trx, listing(null)))
      await inAgency(trx => trial.people.noteAudit(trx, listing(operator.agency)))
      expect((await trial.people.hourly()).audited).toBe(0)
      clock.at += HOUR
      expect((await trial.people.hourly()).audited).toBe(2)
      clock.at -= HOUR
      await inAgency(trx => trial.people.noteAudit(trx, listing(null)))
      clock.at += HOUR
      expect((await trial.people.hourly()).audited).toBe(0)
      clock.at += HOUR
      expect((await trial.people.hourly()).audited).toBe(1)
      const events = await inAgency(trx => trial.history.of(trx, operator.agency))
      expect(events.filter(one => one.core.type === 'audited')).toHaveLength(3)
      const event = events.findLast(one => one.core.type === 'audited')!
      const field = (name: string) => event.fields.find(one => one.name === name)!.value
      const rows = await inAgency(trx =>
        sql<{ id: string }>`select covered_by as id from people_audit order by id desc limit 1`.execute(trx),
      )
      const covered = await inAgency(trx =>
        peopleTables(trx)
          .selectFrom('people_audit')
          .selectAll()
          .where('covered_by', '=', rows.rows[0]!.id)
          .orderBy('id')
          .execute(),
      )
      expect(field('rows')).toBe(covered.length)
      expect(field('root')).toBe(toHex(treeRoot(covered.map(row => leafHash(auditLeaf(row))))))
      expect(new Set(covered.map(row => row.salt.length))).toEqual(new Set([32]))
      const altered = covered.map((row, i) => (i === 0 ? { ...row, outcome: 'altered' } : row))
      expect(field('root')).not.toBe(toHex(treeRoot(altered.map(row => leafHash(auditLeaf(row))))))
    })

    test('tell of a refusal and of the token that came too late, but not of every request', async () => {
      const wearer = await trial.person(operator, 'Wearer', 'wearer')
      clock.at += 1
      expect(await trial.people.allowed(wearer, 'hold', operator.agency)).toBe(false)
      clock.at += 1
      const made = await inAgency(trx =>
        trial.people.createToken(trx, operator, { person: 'Late', role: 'auditor', expires: clock.at + 1 }),
      )
      if (!made.made) throw new Error(made.because)
      await signIn(made.token)
      await signIn(made.token)
      clock.at += 1
      await signIn(made.token)
      const { rows } = await inAgency(trx =>
        sql<{ act: string; outcome: string }>`
        select act, outcome from people_audit where person in (${wearer.person}::uuid, (select id from people_person where name = 'Late')) order by id`.execute(
          trx,
        ),
      )
      expect(rows).toEqual([
        { act: 'sign-in', outcome: 'signed-in' },
        { act: 'hold', outcome: 'not-allowed' },
        { act: 'sign-in', outcome: 'signed-in' },
        { act: 'sign-in', outcome: 'expired' },
      ])
    })
  })
})
