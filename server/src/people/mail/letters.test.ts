import en from '@vidne/locales/mail/en.json' with { type: 'json' }
import { languages } from '@vidne/locales/say'
import { describe, expect, test } from 'vitest'
import { written } from './letters.ts'

const UNTIL = Date.UTC(2026, 11, 1, 16, 30)
const SITE = 'https://vidne.example'
const sending = { site: SITE, rehearsal: false }

const said = [
  { kind: 'approvals', until: UNTIL },
  { kind: 'invitation', until: UNTIL, secret: 'S'.repeat(43) },
  { kind: 'code', until: UNTIL, code: '012345' },
  { kind: 'notice', about: 'account-renewed', at: UNTIL },
  { kind: 'notice', about: 'address-offered', at: UNTIL },
  { kind: 'notice', about: 'passkey-added', at: UNTIL },
  { kind: 'notice', about: 'password-changed', at: UNTIL },
  { kind: 'notice', about: 'code-changed', at: UNTIL },
  { kind: 'notice', about: 'recovery-codes-made', at: UNTIL },
  { kind: 'notice', about: 'signed-out', at: UNTIL },
] as const

describe.each(languages)('mail in %s', language => {
  const reader = { language, zone: 'Europe/Berlin' }

  test.each(said)('is whole, plain, and all of one language: %j', one => {
    const { subject, text } = written(sending, reader, one)
    expect(subject).toMatch(/^[^\r\n{}<>]{10,60}$/u)
    expect(text).not.toMatch(/[{}<>]|undefined/)
    expect(text).toContain(SITE)
    // The moment in the reader's zone, an hour ahead of UTC in winter.
    expect(text).toMatch(/17[:.]30/)
    expect(text.split('\n').every(line => line.length < 400)).toBe(true)
  })

  test('no two kinds read the same', () => {
    const subjects = said.map(one => written(sending, reader, one).subject)
    expect(new Set(subjects).size).toBe(said.length)
  })

  test('a rehearsal says that it is one', () => {
    const [real, rehearsed] = [false, true].map(
      rehearsal => written({ ...sending, rehearsal }, reader, { kind: 'approvals', until: UNTIL }).text,
    )
    expect(rehearsed?.length).toBeGreaterThan(real?.length ?? Infinity)
  })
})

test('there is no place in any mail for anything of a case', () => {
  const places = [...JSON.stringify(en).matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
  expect([...new Set(places)].toSorted()).toEqual(['code', 'link', 'site', 'until', 'when'])
})

test('a link leads behind the sign-in, but for the one of an invitation', () => {
  const reader = { language: 'en', zone: 'Europe/London' } as const
  const links = said.map(one => /https:\S+\n/.exec(written(sending, reader, one).text.replaceAll(/[.,]? /g, ' '))?.[0])
  expect(links.map(link => link?.trim().slice(SITE.length))).toEqual([
    '/approvals',
    `/invitation#${'S'.repeat(43)}`,
    undefined,
    '/account',
    '/account',
    '/account',
    '/account',
    '/account',
    '/account',
    '/account',
  ])
})
