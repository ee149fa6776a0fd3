import { expect, test } from 'vitest'
import en from '@vidne/locales/installation/en.json' with { type: 'json' }
import { languages } from '@vidne/locales/say'
import { type Still, type StillCode, stillWords } from './still.ts'

const place = { copy: 'a', folder: '/data/vault/a' } as const
const minutes = { code: 'minutes', values: { count: 6 } } as const
const leap = { code: 'leap', values: { hours: 30, most: 26 } } as const
const apart = { apart: minutes, by: 'witness.example.org', most: 5 }
const why = { code: 'file-cut', values: { file: 'keys' } } as const
const plain = <Code extends StillCode>(code: Code) => ({ code })

/** One of each; the compiler asks for those that are missing. */
const each = {
  'not-opened': plain('not-opened'),
  'lock-missing': plain('lock-missing'),
  'lock-unreadable': plain('lock-unreadable'),
  'lock-older': plain('lock-older'),
  'tiles-missing': plain('tiles-missing'),
  'tiles-older': plain('tiles-older'),
  'tiles-differ': plain('tiles-differ'),
  'database-older': plain('database-older'),
  'database-differs': plain('database-differs'),
  'other-origin': plain('other-origin'),
  'label-twice': plain('label-twice'),
  'behind-witness': plain('behind-witness'),
  'witness-differs': plain('witness-differs'),
  forked: plain('forked'),
  'write-failed': plain('write-failed'),
  'log-keys-lost': plain('log-keys-lost'),
  'not-founded': plain('not-founded'),
  'database-full': plain('database-full'),
  'database-away': plain('database-away'),
  'database-unknown': plain('database-unknown'),
  'database-other': plain('database-other'),
  'objects-missing': plain('objects-missing'),
  'objects-other': plain('objects-other'),
  'objects-away': plain('objects-away'),
  'store-unmarked': plain('store-unmarked'),
  'vault-missing': plain('vault-missing'),
  'vault-other': plain('vault-other'),
  'vault-older': plain('vault-older'),
  'vault-copies-on-one-disk': plain('vault-copies-on-one-disk'),
  'is-backup': plain('is-backup'),
  'no-room': plain('no-room'),
  'no-room-database': plain('no-room-database'),
  'no-answer-database': plain('no-answer-database'),
  'no-answer-objects': plain('no-answer-objects'),
  'key-unknown': plain('key-unknown'),
  'vault-unusable': plain('vault-unusable'),
  'unknown-label': plain('unknown-label'),
  'too-late': plain('too-late'),
  'export-not-made': plain('export-not-made'),
  'log-stopped': { code: 'log-stopped', values: { log: plain('forked') } },
  'objects-older': {
    code: 'objects-older',
    values: { own: plain('store-unmarked'), seen: '2026-06-01T12:00:00.000Z' },
  },
  'store-as-of': { code: 'store-as-of', values: { at: '2026-05-31T12:00:00.000Z' } },
  'vault-damaged': { code: 'vault-damaged', values: { finding: { code: 'vault-copy-empty', values: place } } },
  'vault-copy-missing': { code: 'vault-copy-missing', values: place },
  'vault-copy-damaged': { code: 'vault-copy-damaged', values: { ...place, why } },
  'vault-copy-degraded': { code: 'vault-copy-degraded', values: { ...place, why } },
  'vault-copy-empty': { code: 'vault-copy-empty', values: place },
  'vault-copy-of-another-vault': { code: 'vault-copy-of-another-vault', values: place },
  'vault-copies-differ': { code: 'vault-copies-differ', values: { ...place, different: 3, behind: 2 } },
  'vault-destroyed-key-reappeared': { code: 'vault-destroyed-key-reappeared', values: { ...place, keys: 5 } },
  'vault-wrapping-key-missing': { code: 'vault-wrapping-key-missing', values: { ...place, keys: 5 } },
  'vault-wrapping-key-lost': { code: 'vault-wrapping-key-lost', values: { keys: 5 } },
  'vault-key-unreadable': { code: 'vault-key-unreadable', values: { keys: 5 } },
  'vault-copy-was-behind': { code: 'vault-copy-was-behind', values: { ...place, behind: 2 } },
  'vault-copy-was-behind-destroyed': {
    code: 'vault-copy-was-behind-destroyed',
    values: { ...place, behind: 2, again: 5 },
  },
  'vault-mode-too-open': { code: 'vault-mode-too-open', values: { paths: '/data/vault/a/keys' } },
  'file-missing': { code: 'file-missing', values: { file: 'keys' } },
  'file-unreadable': { code: 'file-unreadable', values: { file: 'keys' } },
  'file-cut': why,
  'file-damaged': { code: 'file-damaged', values: { file: 'keys' } },
  'file-unknown': { code: 'file-unknown', values: { file: 'keys' } },
  broken: { code: 'broken', values: { request: 'b0f1' } },
  'nothing-taken-in': { code: 'nothing-taken-in', values: { because: plain('vault-other') } },
  'export-not-covered': { code: 'export-not-covered', values: { because: plain('too-late') } },
  'run-braked': { code: 'run-braked', values: { removing: 9, kept: 12, items: 4, share: 10, approval: 'b0f1' } },
  'clock-leapt': { code: 'clock-leapt', values: { leap, approval: 'b0f1' } },
  'clock-apart': {
    code: 'clock-apart',
    values: { found: { code: 'ahead', values: apart }, hours: 26, approval: 'b0f1' },
  },
  leap,
  ahead: { code: 'ahead', values: apart },
  behind: { code: 'behind', values: apart },
  'leap-and-apart': { code: 'leap-and-apart', values: { leap, apart: { code: 'behind', values: apart } } },
  minutes,
  hours: { code: 'hours', values: { count: 30 } },
  days: { code: 'days', values: { count: 4 } },
} satisfies { readonly [Code in StillCode]: Still & { readonly code: Code } }

const all: readonly Still[] = Object.values(each)

test('what an installation can say of itself is what there are sentences for, and nothing else', () => {
  expect(all.map(({ code }) => code).toSorted()).toEqual(Object.keys(en.still).toSorted())
})

test.each(all)('$code is told in four languages, in each with other words', still => {
  const told = languages.map(language => stillWords(language, still))
  expect(new Set(told).size).toBe(languages.length)
  for (const words of told) {
    expect(words).not.toBe('')
    expect(words).not.toMatch(/\{|\}|undefined|\[object/)
  }
})

test('a sentence within a sentence is told in the same language', () => {
  const still = { code: 'nothing-taken-in', values: { because: each['objects-older'] } } as const
  expect(stillWords('en', still)).toBe(
    'Nothing is taken in just now: keep the file. For the operator: The object store is older than the one this database ' +
      'last saw: it bears no mark of its last use, and the database saw it as of 2026-06-01T12:00:00.000Z. Nothing was ' +
      'deleted. Bring the newer store back. If it is lost for good, stop the server and run ' +
      '`vidne objects accept --data DIR`: it lists the recordings whose bytes are lost, and how to go on without them.',
  )
  expect(stillWords('da', still)).toMatch(/^Lige nu tages intet ind: .* det bærer intet mærke .* pr\. 2026-06-01/)
})
