import { api } from '../api.ts'
import type { CapacityRefusal, Equip, PlanRefusal } from './equip.ts'
import { refusedIn } from '../platform/http/refused.ts'

/** The plan of cameras and posts, and how each district stands by it. */
export function equipRoutes(equip: Equip) {
  return {
    plan: api.capacity.plan.handler(async ({ input, context, errors }) => {
      const planned = await equip.plan(context.actor, input)
      if (planned === 'planned') return { state: planned }
      throw errors[codes[planned]](refusedIn(context.about, 'capacity', planned))
    }),
    show: api.capacity.show.handler(async ({ input, context, errors }) => {
      const days = await equip.capacity(context.actor, input.from, input.to)
      if (typeof days === 'string') throw errors[codes[days]](refusedIn(context.about, 'capacity', days))
      return { from: input.from, to: input.to, days: days.map(day => ({ ...day, lenders: [...day.lenders] })) }
    }),
  }
}

const codes: Readonly<Record<PlanRefusal | CapacityRefusal, 'NOT_ALLOWED' | 'ODD_INPUT' | 'CONFLICT'>> = {
  'not-allowed': 'NOT_ALLOWED',
  'counted-twice': 'ODD_INPUT',
  'ends-before-it-begins': 'ODD_INPUT',
  'no-plan': 'CONFLICT',
  'too-long': 'ODD_INPUT',
}
