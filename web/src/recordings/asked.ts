/** What the page asks of the list. It stands in the address, so that a narrowed list can be sent, kept and gone back to. */
export type Asked = {
  q?: string
  from?: string
  until?: string
  camera?: string
  wearer?: string
  unit?: string
  category?: string
  state?: StateAsked
  held?: boolean
  days?: number
  without?: Without
  area?: string
}
type Shown = { sort?: Sort; view?: View; day?: string }
export type Search = Asked & Shown

export const states = ['received', 'sealed', 'countersigned', 'due', 'erasing', 'deleted', 'all'] as const
type StateAsked = (typeof states)[number]
export const orphans = ['any', 'camera', 'wearer', 'operation'] as const
type Without = (typeof orphans)[number]
export const sorts = ['recorded', 'received', 'goes'] as const
export type Sort = (typeof sorts)[number]
const views = ['list', 'day', 'map'] as const
type View = (typeof views)[number]
export const dayChoices = [1, 3, 7, 14, 31] as const

/** Reads the address; what is none of ours is left out, since anybody can write one. */
export function readSearch(given: Record<string, unknown>): Search {
  const text = (key: string) => {
    const value = given[key]
    const said = typeof value === 'number' ? String(value) : value
    return typeof said === 'string' && said.trim() !== '' ? { [key]: said.slice(0, 200) } : {}
  }
  const one = <K extends string>(key: string, among: readonly K[]) => {
    const found = among.find(each => each === given[key])
    return found === undefined ? {} : { [key]: found }
  }
  const { days, held } = given
  return {
    ...Object.assign({}, ...['q', 'camera', 'wearer', 'unit', 'category', 'area'].map(text)),
    ...Object.assign({}, ...['from', 'until', 'day'].map(key => (isDay(given[key]) ? text(key) : {}))),
    ...one('state', states),
    ...one('without', orphans),
    ...one('sort', sorts),
    ...one('view', views),
    ...(typeof held === 'boolean' ? { held } : {}),
    ...(typeof days === 'number' && Number.isInteger(days) && days >= 0 && days <= 36_500 ? { days } : {}),
  }
}

function isDay(text: unknown): boolean {
  return typeof text === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(text)
}

/** The filter as the installation takes it. Deleted recordings are listed only where somebody asks for them. */
export function filterOf(asked: Asked) {
  const { q, days, held, state = 'present' as const, ...rest } = asked
  const kept: { state?: Exclude<StateAsked, 'all'> | 'present' } = state === 'all' ? {} : { state }
  return {
    ...rest,
    ...kept,
    ...(q === undefined ? {} : { search: q }),
    ...(days === undefined ? {} : { daysLeft: days }),
    ...(held === undefined ? {} : { held: held ? ('true' as const) : ('false' as const) }),
  }
}
export type Filter = ReturnType<typeof filterOf>

/** What of the search narrows the list. */
export function askedIn(search: Search): Asked {
  const { sort: _sort, view: _view, day: _day, ...asked } = search
  return asked
}

/** Where the list lies as a table. The session goes along by itself. */
export function tableAddress(asked: Asked, sort: Sort, language: string): string {
  const pairs = Object.entries({ ...filterOf(asked), sort, language }).map(([key, value]) => [key, String(value)])
  return `/api/recordings.csv?${new URLSearchParams(pairs).toString()}`
}
