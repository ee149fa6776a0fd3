import { type Difference, replay } from '@vidne/policies/replay'
import type { Situation, Verdict } from '@vidne/policies/situation'
import type { Actor } from '../people/people.ts'
import type { Database } from '../platform/database/door.ts'
import type { Draft, DraftRefusal, Publishing } from './publishing.ts'
import { NoPolicy } from './published.ts'
import type { Rules } from './rules.ts'

/** A situation that a camera was in; `unit`: whose rules held for it. */
export type PastSituation = {
  readonly situation: Situation
  readonly recording: string | null
  readonly unit: string | null
}

/** What has happened in a span of time; a later stage knows. Times in epoch milliseconds, the end left out. */
export type SituationSource = (agency: string, span: Span) => Promise<readonly PastSituation[]>

export type Span = { readonly from: number; readonly to: number }

type Said = { readonly verdict: string; readonly clause: string | null; readonly marks: string[] }

type ChangedVerdict = {
  readonly at: number
  readonly recording: string | null
  readonly differs: readonly Difference[]
  readonly before: Said
  readonly after: Said
}

export type ReplayOutcome =
  | { readonly state: 'replayed'; readonly situations: number; readonly changed: readonly ChangedVerdict[] }
  | ({ readonly state: 'refused' } & DraftRefusal)

/** What a draft would have decided about what has happened, before anybody publishes it. Writes nothing. */
export interface Replaying {
  replay(actor: Actor, draft: Draft, span: Span): Promise<ReplayOutcome>
}

type Ground = {
  readonly database: Database
  readonly rules: Rules
  readonly publishing: Pick<Publishing, 'consider'>
  readonly situations: SituationSource
}

export function openReplaying(ground: Ground): Replaying {
  return {
    async replay(actor, draft, span) {
      const considered = await ground.publishing.consider(actor, draft)
      if (considered.state === 'refused') return considered
      const { after } = considered
      const all = await ground.situations(actor.agency, span)
      const past = all.filter(({ unit }) => after.unit === null || unit === after.unit)
      const events = await ground.database.asAgency(actor.agency, trx =>
        Promise.all(
          past.map(async ({ situation, unit }, index) => {
            const held = ground.rules.policyInForce(trx, actor.agency, situation.at, unit)
            return { id: String(index), situation, policy: await packOrNone(held) }
          }),
        ),
      )
      const changed = replay(events, after.pack).differing.flatMap(one => {
        const found = past[Number(one.id)]
        if (found === undefined) return []
        const { situation, recording } = found
        return [{ at: situation.at, recording, differs: one.differs, before: said(one.before), after: said(one.after) }]
      })
      return { state: 'replayed', situations: past.length, changed }
    },
  }
}

/** What happened before the first policy was decided by none. */
async function packOrNone(held: ReturnType<Rules['policyInForce']>) {
  try {
    return (await held).pack
  } catch (error) {
    if (error instanceof NoPolicy) return null
    throw error
  }
}

function said({ verdict, clause, marks }: Verdict): Said {
  return { verdict, clause: clause?.field ?? null, marks: [...marks] }
}
