import { FIELD } from '@vidne/evidence/event-fields'
import { DAY, DELETED, type Happening, ORDINARY, SEALED_AT } from '../sample-package.ts'
import { type Case, from } from './case.ts'

const due = SEALED_AT + 31 * DAY
const held = (hold: string, at = SEALED_AT + DAY): Happening => ({ type: 'held', at, fields: { [FIELD.hold]: hold } })
const released = (hold: string): Happening => ({
  type: 'hold-released',
  at: SEALED_AT + DAY,
  fields: { [FIELD.hold]: hold },
})
const end = (at: number, deleteAfter: number | null = due): Happening[] => [
  { type: 'deletion-due', at, fields: { [FIELD.rule]: 'uncategorised', [FIELD.deleteAfter]: deleteAfter } },
  { type: 'key-destroyed', at: at + 1000 },
  { type: 'deleted', at: at + 2000 },
]
const start = ORDINARY.slice(0, 3)
const deleted = (...between: Happening[]) => from({ story: [...start, ...between, ...end(due)] })

/** Deletions that the rules did not allow. Everything is in the log: the history is whole, and convicts. */
export const deletions: readonly Case[] = [
  {
    name: 'deleted-under-a-hold',
    why: 'It was deleted while a hold stood.',
    given: () => deleted(held('hold-1')),
    because: ['deleted-while-held', 'events/0004.tlog-proof'],
    history: 'checked',
  },
  {
    name: 'deleted-under-the-second-hold',
    why: 'Two holds stood and one was lifted.',
    given: () => deleted(held('hold-1'), held('hold-2'), released('hold-1')),
    because: ['deleted-while-held', 'events/0006.tlog-proof'],
    history: 'checked',
  },
  {
    name: 'hold-lifted-twice',
    why: 'One hold was lifted twice, to make up for the other.',
    given: () => deleted(held('hold-1'), held('hold-2'), released('hold-1'), released('hold-1')),
    because: ['order-impossible', 'events/0006.tlog-proof'],
    history: 'checked',
  },
  {
    name: 'held-before-the-key-went',
    why: 'A hold came between the deadline and the destruction of the key.',
    given: () => {
      const [first, ...rest] = end(due)
      return from({ story: [...start, ...(first === undefined ? [] : [first]), held('hold-1', due + 500), ...rest] })
    },
    because: ['deleted-while-held', 'events/0005.tlog-proof'],
    history: 'checked',
  },
  {
    name: 'hold-lifted-by-one-person',
    why: 'Whoever asked for the hold to be lifted agreed to it as well.',
    given: () =>
      from({
        story: DELETED.map(event =>
          event.type === 'approval-given' ? { ...event, fields: { ...event.fields, person: 'person-1' } } : event,
        ),
      }),
    because: ['one-person', 'events/0006.tlog-proof'],
    history: 'checked',
  },
  {
    name: 'hold-lifted-without-an-answer',
    why: 'The hold was lifted on an approval that nobody gave.',
    given: () => from({ story: DELETED.filter(({ type }) => type !== 'approval-given') }),
    because: ['one-person', 'events/0005.tlog-proof'],
    history: 'checked',
  },
  {
    name: 'deleted-too-early',
    why: 'It was deleted a day before the deadline.',
    given: () => from({ story: [...start, ...end(due - DAY)] }),
    because: ['deleted-too-early', 'events/0003.tlog-proof'],
    history: 'checked',
  },
  {
    name: 'deleted-without-a-deadline',
    why: 'It was deleted although nothing but a decision could let it go.',
    given: () => from({ story: [...start, ...end(due, null)] }),
    because: ['deleted-too-early', 'events/0003.tlog-proof'],
    history: 'checked',
  },
  {
    name: 'deadline-dated-back',
    why: 'The deadline at the end is not the one that the history set.',
    given: () => from({ story: [...start, ...end(due - DAY, due - DAY)] }),
    because: ['deadline-differs', 'events/0003.tlog-proof'],
    history: 'checked',
  },
  {
    name: 'deleted-with-its-key',
    why: 'It is called deleted, but its key was never destroyed.',
    given: () => from({ story: [...start, ...end(due).filter(({ type }) => type !== 'key-destroyed')] }),
    because: ['order-impossible', 'events/0004.tlog-proof'],
    history: 'checked',
  },
  {
    name: 'key-destroyed-before-it-was-due',
    why: 'The key went before anything was due.',
    given: () => from({ story: [...start, ...end(due).toSorted((a, b) => order(a) - order(b))] }),
    because: ['order-impossible', 'events/0003.tlog-proof'],
    history: 'checked',
  },
  {
    name: 'viewed-after-the-key-was-destroyed',
    why: 'Somebody looked at it when there was nothing left to look at.',
    given: () =>
      from({ story: [...start, ...end(due), { type: 'viewed', at: due + 3000, fields: { purpose: 'case' } }] }),
    because: ['order-impossible', 'events/0006.tlog-proof'],
    history: 'checked',
  },
]

const order = ({ type }: Happening) => ['key-destroyed', 'deletion-due', 'deleted'].indexOf(type)
