import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { languages } from '@vidne/locales/say'
import {
  LONDON_POLICY,
  aPage,
  anEvent,
  at,
  dock,
  disclosedOutside,
  fullLife,
  itsEnd,
  textIn,
} from '../testing/a-page.ts'
import type { PageContent } from './content.ts'
import { packagePage } from './page.ts'
import { wordsOfMachines } from '../testing/codes.ts'

const london: PageContent['agency'] = { name: 'Metropolitan Police', zone: 'Europe/London', pack: 'uk-met' }
const say = (
  events: PageContent['events'],
  differing: Partial<PageContent> = {},
  language: 'en' | 'da' | 'sv' | 'de' = 'en',
) => textIn(packagePage(aPage(events, { agency: london, ...differing })), language)
const life = {
  rule: 'uncategorised',
  direction: 'max',
  'delete-after': at('2026-12-23T14:03:00Z'),
  'review-at': null,
  anchor: at('2026-11-22T14:03:00Z'),
  'anchor-source': 'capture-end',
  actor: 'installation',
} as const
const changed = (differing: object) =>
  anEvent('retention-changed', { ...life, ...differing }, '2026-11-22T14:05:00Z', LONDON_POLICY)

describe('the history', () => {
  test('says who sealed the recording and when', () => {
    expect(say([anEvent('sealed', dock, '2026-11-22T14:03:07Z')])).toContain(
      'Sealed on 22 November 2026 at 14:03 by Dock 3 (docking station).',
    )
  })

  test('says by which rule it lives, from when its period counts, and until when', () => {
    expect(say([changed({ because: 'media-read' })])).toContain(
      'The retention period of 31 days (rule “not marked as evidence”) counts from the end of the recording by the ' +
        "camera's clock, 22 November 2026 at 14:03. The footage has to be deleted by 23 December 2026 at 14:03.",
    )
  })

  test('says when a recording that came too late is kept for a while, and when two persons let it go early', () => {
    expect(say([changed({ 'anchor-source': 'docked-overdue' })])).toContain('kept for 72 hours from its arrival')
    const early = say([changed({ rule: 'early-deletion', because: 'early-deletion', actor: 'A. Smith', person: 'p' })])
    expect(early).toContain('two persons wanted it, the second agreed by A. Smith.')
    expect(early).toContain('Since 23 December 2026 at 14:03 the footage is due for deletion.')
  })

  test('promises no end where only a person may decide', () => {
    const kept = {
      rule: 'mopi_group2',
      direction: 'review',
      'delete-after': null,
      'review-at': at('2036-11-22T14:03:00Z'),
    }
    const told = say([changed(kept)])
    expect(told).toContain('it never goes by itself.')
    expect(told).toContain('A person has to look at it again by 22 November 2036 at 14:03.')
    expect(told).not.toContain('has to be deleted')
  })

  test.each([
    ['en', 'A hold was lifted on 24 November 2026 at 10:00 by M. Öztürk (supervisor, agency administrator).'],
    ['da', 'Et slettestop blev ophævet den 24. november 2026 kl. 10.00 af M. Öztürk'],
    ['sv', 'Ett raderingsstopp hävdes den 24 november 2026 kl. 10:00 av M. Öztürk'],
    ['de', 'Eine Löschsperre wurde am 24. November 2026 um 10:00 Uhr durch M. Öztürk'],
  ] as const)('is told in the words, dates and clock of each language (%s)', (language, sentence) => {
    expect(textIn(packagePage(aPage(fullLife())), language)).toContain(sentence)
  })

  test('gives reasons, purposes and names in the words of those who wrote them, and never as markup', () => {
    const page = packagePage(aPage(fullLife()))
    expect(textIn(page, 'en')).toContain('Reason: “Beschwerde 12/26 <b>"eilig"</b>”')
    expect(page).not.toContain('<b>')
    const hostile = packagePage(
      aPage([anEvent('sealed', { path: '"><script>alert(1)</script>\u202E', camera: '<i>' })]),
    )
    expect(hostile).not.toMatch(/<script|<i>|\u202E/)
  })

  test('shows a value that this release does not know as somebody else’s word, and does not fail', () => {
    const told = say([
      changed({ because: 'a-new-reason', 'anchor-source': 'moon-phase', rule: 'a_new_rule' }),
      anEvent('held', { 'a-new-field': 'a-new-value', hold: 'h' }),
      anEvent('approval-asked', { kind: 'a-new-kind' }),
    ])
    for (const word of ['“moon-phase”', '“a_new_rule”', '“a-new-field”: “a-new-value”', '“a-new-kind”'])
      expect(told).toContain(word)
  })

  test('says that footage which was deleted here was let in again, and by whom', () => {
    const again = {
      'taken-in-again': { reason: 'appeal', approval: 'x' },
      approvers: ['A. Smith', 'B. Jones'],
      ...dock,
    }
    expect(say([anEvent('sealed', again)])).toContain('A. Smith and B. Jones. Reason: “appeal”.')
    expect(say(disclosedOutside([anEvent('sealed', again)]))).toContain('Two persons, whose names are not shown here')
  })
})

test.each([
  ['en', 'Where it came from: seized', 'Legal basis for taking it in: “§ 94 StPO”', '12 minutes, 5 seconds behind'],
  ['da', 'Hvor den kommer fra: beslaglagt', 'Retsgrundlag for modtagelsen: »§ 94 StPO«', 'bagud'],
  ['sv', 'Varifrån den kommer: beslagtagen', 'Rättslig grund för mottagandet: ”§ 94 StPO”', 'efter'],
  ['de', 'Woher sie kommt: sichergestellt', 'Rechtsgrundlage der Entgegennahme: „§ 94 StPO“', 'nach'],
] as const)('where footage came from is told as its bringer said it (%s)', (language, ...lines) => {
  const said = { provenance: 'seized', giver: 'Kiosk', 'legal-basis': '§ 94 StPO', 'clock-offset': -725_000 }
  const told = textIn(packagePage(aPage([anEvent('sealed', said)])), language)
  for (const line of lines) expect(told).toContain(line)
})

describe('the facts', () => {
  const told = textIn(packagePage(aPage(fullLife())), 'en')

  test('stand as claims, each with whose word it is and what read it', () => {
    for (const line of [
      '22 November 2026 at 13:55:12\nSource: field mvhd.creation_time of the file; read by vidne isobmff 1',
      "22 November 2026 at 13:57:44\nSource: date of the file on the camera's storage",
      '22 November 2026 at 13:55:12 (no time zone told)\nSource: name of the file',
      'BC-0417\nSource: the person or dock that handed it in',
      '51.4344° N, 6.7623° E, 31 m above sea level\nSource: field udta.©xyz of the file; read by vidne isobmff 1',
      '2 minutes, 31 seconds\nSource: track 1 of the file, from its first picture or sound to its last; read by mediabunny 1.61.0',
      'H.264\nSource: track 1 of the file; read by mediabunny 1.61.0',
      '1920 × 1088 pixels',
      '3,500,000 bytes (3.5 MB)',
    ])
      expect(told).toContain(line)
    expect(told).toContain('These are claims, never trusted')
  })

  test('of a file that no program could read are only what came with it', () => {
    const unread = [...fullLife().slice(0, 1), anEvent('indexed', { parser: 'none', 'not-parsable': 'unknown-format' })]
    const page = packagePage(aPage(unread))
    expect(page).not.toContain('<video')
    expect(textIn(page, 'en')).toContain('No program could read this file as footage. It was sealed as it came.')
    expect(textIn(page, 'en')).toContain('it found no footage, or the part that describes it is missing or broken')
  })

  test('of a hostile file cannot stop the export', () => {
    const fact = (name: string, value: never) => ({ name, value, source: 's', parser: 'p' })
    const odd = [Number.MAX_SAFE_INTEGER, -1, '', null, [], {}, true].flatMap(value =>
      ['created-at', 'duration-ms', 'place', 'kind', 'container', 'width', 'height', 'missing-bytes', 'x'].map(name =>
        fact(name, value as never),
      ),
    )
    const events = [
      anEvent('sealed', { clocks: [{ source: 'x', at: 9e15 }, 7, { source: 1 }] }),
      anEvent('indexed', { facts: odd }),
    ]
    expect(say(events)).toContain('Recording time')
  })
})

describe('a package that leaves the agency', () => {
  const page = packagePage(aPage(disclosedOutside(fullLife())))

  test('names nobody of the agency anywhere, and says how much is not shown', () => {
    for (const name of ['Sørensen', 'Öztürk', 'Dock 3', '004711']) expect(page).not.toContain(name)
    const told = textIn(page, 'en')
    expect(told).toContain('by somebody whose name is not shown here')
    expect(told).toContain('Another person, whose name is not shown here, had asked for it.')
    expect(told).toContain('Details withheld in this package: 39, in 8 of 12 events.')
    expect(told).toContain('Wearer of the camera\nnot shown here (withheld)')
    expect(told).toContain('by the installation itself')
  })

  test('that stays within says that nothing is withheld', () => {
    expect(textIn(packagePage(aPage(fullLife())), 'en')).toContain('Nothing is withheld')
  })
})

describe('retention and holds', () => {
  test('name the rule, its policy and the ground that the policy gives', () => {
    const told = say([changed({ because: 'sealed' })])
    expect(told).toContain('The rule comes from the policy “Metropolitan Police, body-worn video”')
    expect(told).toContain("What the policy gives as its ground: the programme's own document, “")
    expect(told).toContain('No hold stands.')
  })

  test('say which hold stands and that one was lifted', () => {
    const told = textIn(packagePage(aPage(fullLife())), 'en').split('Retention and holds')[1] ?? ''
    expect(told).toContain('A hold has stood since 25 November 2026 at 11:00.')
    expect(told).toContain('Holds that were lifted: 1')
    expect(told).not.toContain('No hold stands.')
  })
})

describe('the page', () => {
  const pages = {
    recording: packagePage(aPage(fullLife())),
    outside: packagePage(aPage(disclosedOutside(fullLife()), { rehearsal: true, checkpoint: 'private' })),
    statement: packagePage(aPage([...fullLife(), ...itsEnd()], { footage: null })),
  }

  test.each(Object.entries(pages))('shows no word of machines in any language (%s)', (_, page) => {
    for (const language of languages)
      expect({ language, raw: wordsOfMachines(textIn(page, language), language) }).toEqual({ language, raw: [] })
  })

  test('has no script and loads nothing but the footage beside it', () => {
    for (const page of Object.values(pages)) {
      expect(page.match(/<script|javascript:|\son\w+=|https?:|@import|url\(/i)).toBeNull()
      expect(page).toContain('default-src &#39;none&#39;; media-src &#39;self&#39; file:; style-src &#39;sha256-')
    }
    expect(pages.statement).not.toContain('data/media')
  })

  test('shows the fingerprint of the log’s key, with which a verifier’s can be compared', () => {
    const content = aPage([], { agency: london })
    const fingerprint = createHash('sha256').update(content.logKey).digest('hex')
    for (const language of languages) expect(textIn(packagePage(content), language)).toContain(fingerprint)
  })

  test('opens in the language of the agency’s country', () => {
    expect(pages.recording).toContain('id="de" checked')
    expect(packagePage(aPage([], { agency: london }))).toContain('id="en" checked')
  })

  test('of a statement tells the end: the deadline, the key, the bytes, and backups', () => {
    const told = textIn(pages.statement, 'de')
    for (const sentence of [
      'Die Speicherfrist war abgelaufen, und die Löschung begann am 6. Dezember 2026 um 14:00 Uhr.',
      'Das Regelpaket verlangt, dass eine Person über Löschungen entscheidet. Niemand hatte es getan; darum galt die Regel.',
      'Frühere Sicherungen können den Schlüssel bis 1. Februar 2027 um 01:00 Uhr enthalten',
      'Gelöscht am 6. Dezember 2026 um 14:00 Uhr, festgehalten in einer Löscherklärung.',
    ])
      expect(told).toContain(sentence)
    expect(told).not.toContain('Es ist das Paket, das Sie gerade ansehen.')
  })

  test('S5-17 of a statement begins with a certificate: what, rule, due date, decision in roles, key, backups and end', () => {
    const told = (events: PageContent['events'], language: 'en' | 'de' = 'de') =>
      textIn(packagePage(aPage([...fullLife(), ...events], { footage: null })), language)
    const certificate = told(itsEnd()).split('Bescheinigung der Löschung\n')[1] ?? ''
    for (const line of [
      'Nach der Regel\n„nicht als Beweismittel eingestuft“',
      'Fällig\n6. Dezember 2026 um',
      'Schlüssel vernichtet\n6. Dezember 2026 um 14:00 Uhr',
      'läuft ab\n1. Februar 2027 um 01:00 Uhr',
      'Bytes und Funde überall entfernt\n6. Dezember 2026 um 14:00 Uhr',
    ])
      expect(certificate).toContain(line)
    const [, ...rest] = itsEnd()
    const decided = { rule: 'deletion-decision', decision: 'both-roles', 'decision-roles': ['wearer', 'supervisor'] }
    const byTwo = anEvent('deletion-due', { ...life, ...decided }, '2026-12-06T13:00:00Z')
    expect(told([byTwo, ...rest], 'en')).toContain('Roles that decide\ncamera wearer and supervisor\n')
    expect(packagePage(aPage(fullLife()))).not.toContain('class="certificate"')
  })
})
