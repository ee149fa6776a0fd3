import { FIELD } from '@vidne/evidence/event-fields'
import type { OpenEvent } from '@vidne/evidence/event'
import { describe, expect, test } from 'vitest'
import { replay } from './replay.ts'
import { DAY, DELETED, type Happening, SEALED_AT, makePackage } from './testing/sample-package.ts'
import { findings } from './verdict.ts'

const due = SEALED_AT + 31 * DAY

/** What the rules have against a life, as `code seq`. */
async function against(story: readonly Happening[], show: (event: OpenEvent) => OpenEvent = event => event) {
  const { chain } = await makePackage({ story })
  const found = findings()
  replay(chain.events.map(show), found)
  return found.reasons.map(({ code, where }) => `${code} ${Number(where.slice(7, 11))}`)
}

const seal: Happening = { type: 'sealed' }
const held = (hold?: string): Happening => ({ type: 'held', ...(hold === undefined ? {} : { fields: { hold } }) })
const released = (hold?: string): Happening => ({
  type: 'hold-released',
  ...(hold === undefined ? {} : { fields: { hold } }),
})
const end = (at = due): Happening[] => [
  { type: 'deletion-due', at, fields: { [FIELD.deleteAfter]: due } },
  { type: 'key-destroyed', at },
  { type: 'deleted', at },
]

test('a life by the rules has nothing against it', async () => {
  expect(await against(DELETED)).toEqual([])
})

describe('holds', () => {
  test('each has its own release, in any order', async () => {
    const holds = [held('a'), held('b'), released('b'), held('c'), released('a'), released('c')]
    expect(await against([seal, ...holds, ...end()])).toEqual([])
  })

  test('whose names are withheld are counted', async () => {
    expect(await against([seal, held(), held(), released(), released(), ...end()])).toEqual([])
    expect(await against([seal, held(), held(), released(), ...end()])).toEqual([
      'deleted-while-held 4',
      'deleted-while-held 5',
    ])
    expect(await against([seal, held('a'), released(), ...end()])).toEqual([])
    expect(await against([seal, held(), released('a'), ...end()])).toEqual([])
  })

  test('one cannot be lifted that does not stand', async () => {
    expect(await against([seal, released('a')])).toEqual(['order-impossible 1'])
    expect(await against([seal, released()])).toEqual(['order-impossible 1'])
    expect(await against([seal, held('a'), released('b')])).toEqual(['order-impossible 2'])
    expect(await against([seal, held('a'), released('a'), held('a')])).toEqual(['order-impossible 3'])
    expect(await against([seal, held(), released('a'), held(), released('a')])).toEqual(['order-impossible 4'])
  })
})

describe('the deadline', () => {
  test('is met within its hour, and not before', async () => {
    expect(await against([seal, ...end(due - 3_600_000)])).toEqual([])
    expect(await against([seal, ...end(due - 3_600_001)])).toEqual(['deleted-too-early 1'])
  })

  test('that is withheld cannot be judged', async () => {
    const withheld = ({ core, salt }: OpenEvent) => ({ core, salt, fields: [] })
    expect(await against([seal, ...end(due - DAY)], withheld)).toEqual([])
  })

  test('is the one set last', async () => {
    const set = (at: number): Happening => ({ type: 'retention-changed', fields: { [FIELD.deleteAfter]: at } })
    expect(await against([seal, set(due - DAY), set(due), ...end()])).toEqual([])
    expect(await against([seal, set(due), set(due + DAY), ...end()])).toEqual(['deadline-differs 3'])
  })
})

describe('two persons', () => {
  const asked = (person?: string): Happening => ({
    type: 'approval-asked',
    fields: { approval: 'x', ...(person === undefined ? {} : { person }) },
  })
  const given = (person?: string): Happening => ({
    type: 'approval-given',
    fields: { approval: 'x', ...(person === undefined ? {} : { person }) },
  })
  const lifted: Happening = { type: 'hold-released', fields: { hold: 'a', approval: 'x' } }

  test('one asks and another agrees', async () => {
    expect(await against([seal, held('a'), asked('1'), given('2'), lifted])).toEqual([])
    expect(await against([seal, held('a'), asked('1'), given('1'), lifted])).toEqual(['one-person 4'])
    expect(await against([seal, held('a'), asked('1'), given('1'), given('2'), lifted])).toEqual([])
    expect(await against([seal, held('a'), asked('1'), lifted, given('2')])).toEqual(['one-person 3'])
  })

  test('whose names are withheld are believed to be two; that nobody agreed shows all the same', async () => {
    expect(await against([seal, held('a'), asked(), given(), lifted])).toEqual([])
    expect(await against([seal, held('a'), asked(), lifted])).toEqual(['one-person 3'])
  })

  test.each(['approval-declined', 'approval-withdrawn'] as const)(
    'of whom nobody wants it any more: %s',
    async type => {
      const ended: Happening = { type, fields: { approval: 'x', person: '3' } }
      expect(await against([seal, held('a'), asked('1'), ended])).toEqual([])
      expect(await against([seal, held('a'), asked('1'), given('2'), ended, lifted])).toEqual(['one-person 5'])
      expect(await against([seal, held('a'), asked('1'), ended, given('2'), lifted])).toEqual(['one-person 5'])
    },
  )

  test('an approval of which even the number is withheld cannot be judged', async () => {
    const bare: Happening = { type: 'approval-given' }
    expect(await against([seal, held('a'), bare, lifted])).toEqual([])
  })

  test('a deadline is brought forward by two as well', async () => {
    const earlier: Happening = {
      type: 'retention-changed',
      fields: { [FIELD.rule]: 'early-deletion', [FIELD.deleteAfter]: due, approval: 'x' },
    }
    expect(await against([seal, asked('1'), given('2'), earlier, ...end()])).toEqual([])
    expect(await against([seal, asked('1'), given('1'), earlier, ...end()])).toEqual(['one-person 3'])
  })
})

describe('the order', () => {
  test.each<[string, Happening[], string[]]>([
    ['a second end', [...end(), ...end()], ['order-impossible 4', 'order-impossible 5', 'order-impossible 6']],
    ['a tombstone erased before the deletion', [{ type: 'tombstone-erased' }], ['order-impossible 1']],
    ['a hold after the key went', [...end(), { type: 'held', at: due }], ['order-impossible 4']],
    ['an answer to an old question after the deletion', [...end(), { type: 'approval-given', at: due }], []],
    ['the same file handed in again after the deletion', [...end(), { type: 'received-again', at: due }], []],
  ])('%s', async (_, rest, reasons) => {
    expect(await against([seal, ...rest])).toEqual(reasons)
  })

  test('a clock that steps back by more than a minute is told', async () => {
    const view = (at: number): Happening => ({ type: 'viewed', at })
    expect(await against([seal, view(due), view(due - 60_000)])).toEqual([])
    expect(await against([seal, view(due), view(due - 60_001), view(due)])).toEqual(['clock-ran-back 2'])
  })
})
