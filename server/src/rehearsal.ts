import { api } from './api.ts'
import type { Ground } from './ground.ts'
import type { Actor } from './people/people.ts'
import { refusedIn } from './platform/http/refused.ts'

export type ClockAnswer =
  { set: true; now: number } | { set: false; because: 'not-allowed' | 'not-a-rehearsal' | 'backwards' }

/**
 * Sets the clock of a rehearsal installation, forward only: what has happened there has happened. The history of the
 * agency says that the clock was set before it moves.
 */
export async function setClock(ground: Ground, actor: Actor, at: number): Promise<ClockAnswer> {
  const { rehearsal, people, database, history } = ground
  if (rehearsal === null) return { set: false, because: 'not-a-rehearsal' }
  if (!(await people.allowed(actor, 'set-clock'))) return { set: false, because: 'not-allowed' }
  if (at < rehearsal.now()) return { set: false, because: 'backwards' }
  await database.asAgency(actor.agency, async trx => {
    const pol = await ground.policyDigest(trx, actor.agency)
    const fields = [
      { name: 'to', value: at },
      { name: 'actor', value: actor.name },
    ]
    await history.append(trx, { subject: actor.agency, type: 'clock-set', pol, fields })
  })
  await rehearsal.set(at)
  return { set: true, now: rehearsal.now() }
}

export function rehearsalRoutes(ground: Ground) {
  return {
    setClock: api.clock.set.handler(async ({ input, context, errors }) => {
      const answer = await setClock(ground, context.actor, Date.parse(input.instant))
      if (answer.set) return { now: new Date(answer.now).toISOString() }
      const told = refusedIn(context.about, 'clock', answer.because)
      throw answer.because === 'not-allowed' ? errors.NOT_ALLOWED(told) : errors.CONFLICT(told)
    }),
  }
}
