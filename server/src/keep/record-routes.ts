import { startOfDay } from '@vidne/policies/day'
import { ofAnswers } from '@vidne/locales/answers'
import { api } from '../api.ts'
import type { About } from '../platform/http/about.ts'
import type { Keep, RecordRefusal } from './keep.ts'
import type { Asked } from './lifetime-routes.ts'

const iso = (at: number) => new Date(at).toISOString()
const isoOrNull = (at: number | null) => (at === null ? null : iso(at))

/** Records beside the footage, and the decisions that let them go. */
export function recordRoutes({ records }: Keep, { allowed, noteListing, zoneOf }: Asked) {
  return {
    list: api.records.list.handler(async ({ context, errors }) => {
      if (!(await allowed(context.actor, 'see-records')))
        throw errors.NOT_ALLOWED(sentence(context.about, 'not-allowed'))
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
      if (!(await allowed(context.actor, 'keep-records')))
        throw errors.NOT_ALLOWED(sentence(context.about, 'not-allowed'))
      const done = await records.enter(context.actor, input)
      if (done.state === 'entered') return done
      throw errors[codes[done.because]](sentence(context.about, done.because))
    }),
    endMonitoring: api.records.endMonitoring.handler(async ({ input, context, errors }) => {
      if (!(await allowed(context.actor, 'keep-records', input.id)))
        throw errors.NOT_ALLOWED(sentence(context.about, 'not-allowed'))
      const on = startOfDay(input.on, await zoneOf(context.actor.agency))
      const done = await records.endMonitoring(context.actor, { record: input.id, on })
      if (done.state === 'noted') return { state: done.state, keptUntil: isoOrNull(done.keptUntil) }
      throw errors[codes[done.because]](sentence(context.about, done.because))
    }),
    decideDisposal: api.records.decideDisposal.handler(async ({ input, context, errors }) => {
      if (!(await allowed(context.actor, 'keep-records')))
        throw errors.NOT_ALLOWED(sentence(context.about, 'not-allowed'))
      const done = await records.decideDisposal(context.actor, input)
      if (done.state === 'entered') return done
      throw errors[codes[done.because]](sentence(context.about, done.because))
    }),
    delete: api.records.delete.handler(async ({ input, context, errors }) => {
      if (!(await allowed(context.actor, 'keep-records', input.id)))
        throw errors.NOT_ALLOWED(sentence(context.about, 'not-allowed'))
      const done = await records.delete(context.actor, { record: input.id, disposal: input.disposal })
      if (done.state === 'deleted') return done
      throw errors[codes[done.because]](sentence(context.about, done.because))
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

function sentence({ language }: About, because: RecordRefusal) {
  return { data: { sentence: ofAnswers(language, `records.${because}`) } }
}
