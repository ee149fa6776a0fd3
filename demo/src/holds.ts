import type { Docked } from './filling.ts'
import { DAY } from './month.ts'
import { type Doing, first, type Told } from './storytelling.ts'

/** Holds in each of their states, questions that were answered and one that waits, and a recording that is missing with its reason. */
export const holdsAndAnswers: readonly Told[] = [
  ['uk', 16, holdForCivilClaim],
  ['uk', 9, liftCivilClaim],
  ['uk', 7, forgetToRecord],
  ['uk', 5, sayWhy],
  ['uk', 3, declineDeletion],
  ['uk', 0.3, holdJustNow],
  ['dk', 5, holdUntilReview],
  ['dk', 3, askForRelease],
  ['de', 4, holdForObjection],
]

/** So many days from today, as a day. */
const dayAfter = (today: number, days: number) => new Date(today + days * DAY).toISOString().slice(0, 10)

/** One that no other story takes: they begin with the oldest. */
function last(these: readonly Docked[]): Docked {
  return first(these.slice(-1))
}

async function holdForCivilClaim({ client, from, leave }: Doing): Promise<void> {
  const { recording } = last(from(20, 16.5))
  const clerk = await client('Kim Foster')
  await clerk.recordings.hold({ id: recording, kind: 'preservation', reason: 'Letter before claim, ref. 26/77' })
  leave('claim', recording)
}

async function liftCivilClaim({ client, found }: Doing): Promise<void> {
  const clerk = await client('Kim Foster')
  const asked = await clerk.recordings.release({ id: found('claim'), reason: 'The claim was withdrawn in writing' })
  await (await client('Diane Walsh')).approvals.approve({ id: asked.approval })
}

async function forgetToRecord({ client, today, leave }: Doing): Promise<void> {
  const night = Math.floor((today - 7.5 * DAY) / DAY) * DAY + 3 * HOUR
  const at = new Date(night).toISOString()
  const wearer = await client('Priya Nair')
  const reported = await wearer.situations.report({
    wearer: 'Priya Nair',
    camera: 'BAR-1',
    at,
    triggers: [{ code: 'use_of_force', source: 'wearer', at }],
  })
  leave('unrecorded', reported.id)
}

const HOUR = 3_600_000

async function sayWhy({ client, found }: Doing): Promise<void> {
  const wearer = await client('Priya Nair')
  const reason =
    'The mount broke in the struggle and the camera fell before it was switched on; it is with the workshop.'
  await wearer.situations.explain({ id: found('unrecorded'), reason })
}

async function declineDeletion({ client, from }: Doing): Promise<void> {
  const { recording } = last(from(6, 3.5))
  const clerk = await client('Kim Foster')
  const asked = await clerk.recordings.deleteEarly({
    id: recording,
    reason: 'Switched on in the canteen by mistake',
  })
  const reason = 'A member of the public can be heard. It goes by its rule.'
  await (await client('Oliver Stone')).approvals.decline({ id: asked.approval, reason })
}

async function holdJustNow({ client, from }: Doing): Promise<void> {
  const { recording } = last(from(4, 0.5))
  const reason = 'Complaint 26/140: came in this morning'
  await (await client('Laura Finch')).recordings.hold({ id: recording, kind: 'complaint', reason })
}

async function holdUntilReview({ client, from, today }: Doing): Promise<void> {
  const { recording } = last(from(9, 5.5))
  const clerk = await client('Dorte Winther')
  const reason = 'Klage over ordvalg; afventer politiklagemyndigheden'
  await clerk.recordings.hold({ id: recording, kind: 'complaint', reason, review: dayAfter(today, 2) })
}

async function askForRelease({ client, from }: Doing): Promise<void> {
  const { recording } = last(from(13, 9.5))
  const clerk = await client('Dorte Winther')
  await clerk.recordings.hold({ id: recording, kind: 'case', reason: 'Sagen 0400-26-22 er under efterforskning' })
  await clerk.recordings.release({ id: recording, reason: 'Sagen er henlagt' })
}

async function holdForObjection({ client, from, today }: Doing): Promise<void> {
  const { recording } = last(from(10, 4.5))
  const clerk = await client('Markus Thiel')
  const reason = 'Widerspruch gegen den Platzverweis, Az. 32-118/26'
  await clerk.recordings.hold({ id: recording, kind: 'preservation', reason, review: dayAfter(today, 3) })
}
