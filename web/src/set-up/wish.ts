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

/** Whether a step has all it needs. */
export function complete(step: Step, wish: Wish): boolean {
  const days = Number(wish.snapshotDays)
  if (step === 'agency') return wish.agency.trim() !== '' && wish.pack !== null
  if (step === 'people')
    return wish.administrator.trim() !== '' && (wish.withSecond === 'later' || wish.secondName.trim() !== '')
  if (step === 'machine')
    return (
      wish.snapshots !== null && (wish.snapshots !== 'yes' || (Number.isInteger(days) && days >= 1 && days <= 3650))
    )
  return true
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
