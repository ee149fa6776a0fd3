import type { Docked, Telling } from './filling.ts'
import type { Agency } from './agencies.ts'
import type { Client } from './house.ts'
import { DAY } from './month.ts'

/** Something that people do in the month, at its hour. */
export type Story = { readonly at: number; readonly does: (telling: Telling) => Promise<void> }

type Key = Agency['key']
export type Doing = {
  readonly client: (name: string) => Promise<Client>
  /** Recordings of the agency from so many days ago to so many, the oldest first; `unit`: of that one. */
  readonly from: (oldest: number, newest: number, unit?: string) => readonly Docked[]
  readonly facts: Facts
  readonly today: number
  /** Remembers an id for a later story. */
  readonly leave: (what: string, id: string) => void
  readonly found: (what: string) => string
}

/** What the month leaves for the tour: where its link for the defence is, with its secret. */
export type Facts = { link: string | null }

/** So many days before today. */
export type Told = readonly [agency: Key, days: number, does: (doing: Doing) => Promise<void>]

/** Stories at their hours. What one leaves behind, a later one of the same list finds. */
export function atTheirHours(today: number, told: readonly Told[]): Story[] {
  const left = new Map<string, string>()
  return told.map(([key, days, does]) => ({
    at: today - days * DAY,
    does: telling => does(doingIn(telling, key, left)),
  }))
}

function doingIn({ as, founded, docked, today, facts }: Telling, key: Key, left: Map<string, string>): Doing {
  const agency = founded.find(one => one.agency.key === key)?.id ?? ''
  return {
    facts,
    today,
    leave: (what, id) => void left.set(what, id),
    found(what) {
      const id = left.get(what)
      if (id === undefined) throw new Error(`no story has left ${what}`)
      return id
    },
    client: name => as(agency, name),
    from(oldest, newest, unit) {
      const within = docked.filter(({ at }) => at >= today - oldest * DAY && at <= today - newest * DAY)
      const ours = within.filter(one => one.agency === key && (unit === undefined || one.camera.unit === unit))
      return ours.toSorted((one, other) => one.at - other.at)
    },
  }
}

/** The oldest of them. */
export function first(these: readonly Docked[]): Docked {
  const [one] = these
  if (one === undefined) throw new Error('the month has no such recording; take another seed')
  return one
}

type NewCase = {
  readonly number: string
  readonly title: string
  readonly exhibits: readonly (readonly [recording: string, title: string])[]
  readonly lead: string
  readonly tasks: readonly string[]
  readonly today: number
}

/** Opens a case with its exhibits, its lead, and tasks of which all but the first are done. */
export async function openCase(
  clerk: Client,
  { number, title, exhibits, lead, tasks, today }: NewCase,
): Promise<string> {
  const { id } = await clerk.cases.open({ number, title })
  for (const [recording, about] of exhibits) await clerk.cases.addExhibit({ id, recording, title: about })
  await clerk.cases.addPerson({ id, person: lead, duty: 'lead', until: longAfter(today) })
  for (const [at, words] of tasks.entries())
    await clerk.cases.write({ id, content: { kind: 'task', words, done: at > 0 } })
  return id
}

/** Far enough ahead of the day it is made that a visitor who leaps a month still finds it. */
export const longAfter = (today: number) => new Date(today + 200 * DAY).toISOString()
