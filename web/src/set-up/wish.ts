import type { vidne } from '../connection/client.ts'

/** What the wizard asks for, as it is typed. */
export type Wish = {
  agency: string
  pack: string | null
  origin: string
  rehearsal: boolean
  administrator: string
  withSecond: 'now' | 'later'
  secondName: string
  secondRole: SecondRole
  vault: string
  snapshots: 'no' | 'yes' | 'unknown' | null
  snapshotDays: string
}

export const secondRoles = [
  'supervisor',
  'evidence-clerk',
  'data-protection-officer',
  'site-head',
  'agency-administrator',
] as const
type SecondRole = (typeof secondRoles)[number]

export const nothingYet: Wish = {
  agency: '',
  pack: null,
  origin: '',
  rehearsal: false,
  administrator: '',
  withSecond: 'now',
  secondName: '',
  secondRole: 'supervisor',
  vault: '',
  snapshots: null,
  snapshotDays: '',
}

export const steps = ['agency', 'people', 'machine', 'check'] as const
export type Step = (typeof steps)[number]

/** What a step may still want; each is told at its field. */
export type Wanting = 'agency' | 'pack' | 'administrator' | 'secondName' | 'snapshots' | 'snapshotDays'

/** What is missing in a step, or is not in the form that is wanted; none: it has all it needs. */
export function wantingIn(step: Step, wish: Wish): Wanting[] {
  const empty = (text: string) => text.trim() === ''
  const days = Number(wish.snapshotDays)
  const wanting: Record<Step, readonly (readonly [Wanting, boolean])[]> = {
    agency: [
      ['agency', empty(wish.agency)],
      ['pack', wish.pack === null],
    ],
    people: [
      ['administrator', empty(wish.administrator)],
      ['secondName', wish.withSecond === 'now' && empty(wish.secondName)],
    ],
    machine: [
      ['snapshots', wish.snapshots === null],
      ['snapshotDays', wish.snapshots === 'yes' && !(Number.isInteger(days) && days >= 1 && days <= 3650)],
    ],
    check: [],
  }
  return wanting[step].flatMap(([field, wants]) => (wants ? field : []))
}

type Asked = Parameters<typeof vidne.setUp.found>[0]

/** What is sent; nothing that was left empty is made up. */
export function asked(secret: string, wish: Wish): Asked {
  const orNull = (text: string) => (text.trim() === '' ? null : text.trim())
  return {
    secret,
    agency: wish.agency,
    pack: wish.pack ?? '',
    origin: orNull(wish.origin),
    rehearsal: wish.rehearsal,
    administrator: wish.administrator,
    second: wish.withSecond === 'later' ? null : { name: wish.secondName, role: wish.secondRole },
    snapshots: wish.snapshots === 'yes' ? Number(wish.snapshotDays) : wish.snapshots === 'no' ? 'none' : null,
    vault: orNull(wish.vault),
  }
}
