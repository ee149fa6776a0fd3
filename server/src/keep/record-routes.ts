import { startOfDay } from '@vidne/policies/day'
import { api } from '../api.ts'
import type { Keep, RecordRefusal } from './keep.ts'
import type { Asked } from './lifetime-routes.ts'

const iso = (at: number) => new Date(at).toISOString()
const isoOrNull = (at: number | null) => (at === null ? null : iso(at))

/** Records beside the footage, and the decisions that let them go. */
export function recordRoutes({ records }: Keep, { allowed, noteListing, zoneOf }: Asked) {
  const notAllowed = { data: { sentence: sentences['not-allowed'] } }
  return {
    list: api.records.list.handler(async ({ context, errors }) => {
      if (!(await allowed(context.actor, 'see-records'))) throw errors.NOT_ALLOWED(notAllowed)
      await noteListing(context.actor, 'see-records')
      return (await records.list(context.actor.agency)).map(record => ({
        ...record,
        enteredAt: iso(record.enteredAt),
        monitoringEnd: isoOrNull(record.monitoringEnd),
        keptUntil: isoOrNull(record.keptUntil),
        deletedAt: isoOrNull(record.deletedAt),
      }))
    }),
    enter: api.records.enter.handler(async ({ input, context, errors }) => {
      if (!(await allowed(context.actor, 'keep-records'))) throw errors.NOT_ALLOWED(notAllowed)
      const done = await records.enter(context.actor, input)
      if (done.state === 'entered') return done
      throw errors[codes[done.because]]({ data: { sentence: sentences[done.because] } })
    }),
    endMonitoring: api.records.endMonitoring.handler(async ({ input, context, errors }) => {
      if (!(await allowed(context.actor, 'keep-records', input.id))) throw errors.NOT_ALLOWED(notAllowed)
      const on = startOfDay(input.on, await zoneOf(context.actor.agency))
      const done = await records.endMonitoring(context.actor, { record: input.id, on })
      if (done.state === 'noted') return { state: done.state, keptUntil: isoOrNull(done.keptUntil) }
      throw errors[codes[done.because]]({ data: { sentence: sentences[done.because] } })
    }),
    decideDisposal: api.records.decideDisposal.handler(async ({ input, context, errors }) => {
      if (!(await allowed(context.actor, 'keep-records'))) throw errors.NOT_ALLOWED(notAllowed)
      const done = await records.decideDisposal(context.actor, input)
      if (done.state === 'entered') return done
      throw errors[codes[done.because]]({ data: { sentence: sentences[done.because] } })
    }),
    delete: api.records.delete.handler(async ({ input, context, errors }) => {
      if (!(await allowed(context.actor, 'keep-records', input.id))) throw errors.NOT_ALLOWED(notAllowed)
      const done = await records.delete(context.actor, { record: input.id, disposal: input.disposal })
      if (done.state === 'deleted') return done
      throw errors[codes[done.because]]({ data: { sentence: sentences[done.because] } })
    }),
  }
}

const codes: Readonly<Record<RecordRefusal, 'NOT_ALLOWED' | 'NOT_FOUND' | 'CONFLICT' | 'ODD_INPUT'>> = {
  'not-allowed': 'NOT_ALLOWED',
  'no-such-rule': 'ODD_INPUT',
  'no-such-record': 'NOT_FOUND',
  'deleted-already': 'CONFLICT',
  'monitoring-goes-on': 'CONFLICT',
  'minimum-runs': 'CONFLICT',
  'no-such-decision': 'NOT_FOUND',
  'not-yet': 'ODD_INPUT',
  'earlier-than-noted': 'CONFLICT',
}

const sentences: Readonly<Record<RecordRefusal, string>> = {
  'not-allowed': 'Your roles do not allow this.',
  'no-such-rule': 'kind: the policy of your agency has no minimum for records of this kind.',
  'no-such-record': 'There is no record of that id.',
  'deleted-already': 'This record was deleted already.',
  'monitoring-goes-on':
    'The monitoring that it is about has not ended, and its minimum is counted from then. Say when it did: vidne records ended',
  'minimum-runs': 'It must still be kept: its minimum is not over. See: vidne records',
  'no-such-decision':
    'There is no decision of that id about records of this kind. Enter it first: vidne records decision',
  'not-yet': 'This day lies ahead; enter it once it has come.',
  'earlier-than-noted':
    'A later end of the monitoring is noted already, and no edit brings the end of a minimum forward.',
}
