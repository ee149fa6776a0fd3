import type { PolicyPack } from '@vidne/policies/pack'
import { anchorOf, type Captured } from './anchor.ts'
import type { Said } from './given-store.ts'
import { endOf, isDecided, lifeOf, neverShorter, seenFirst, underPolicy, type Life } from './life.ts'
import { packsSince } from './terms.ts'

/** A policy that an agency took up at `since` (epoch milliseconds). */
export type Version = { readonly pack: PolicyPack; readonly since: number }

/** What a deadline is reckoned from: the agency's policies, oldest first, what people said, and the time it is. */
export type Known = { readonly versions: readonly Version[]; readonly said: Said; readonly now: number }

/** How a recording stands. `settled`: its anchor is established, and its deadline moves no way but later. */
export type Standing = { readonly life: Life; readonly settled: boolean }

/** The life of a recording by what is known of its capture now. */
export function lifeFrom({ versions, said, now }: Known, captured: Captured, plausibleDays: number): Life {
  const anchor = anchorOf(captured, plausibleDays)
  const packs = packsSince(versions, anchor.at, now)
  return seenFirst(lifeOf({ ...said, packs }, anchor), captured.receivedAt)
}

/** After a category was added, media was read, or a case went on: later, or as it was (G8); see `whileProvisional`. */
export function afterEdit(before: Standing, known: Known, captured: Captured, plausibleDays: number): Standing {
  const life = lifeFrom(known, captured, plausibleDays)
  return {
    life: before.settled ? neverShorter(before.life, life) : whileProvisional(before.life, life),
    settled: before.settled || captured.final,
  }
}

/**
 * Until its anchor is settled, what is learnt of when a recording was made moves its end either way, and nothing else does. What
 * nothing lets go by itself stays so.
 */
function whileProvisional(before: Life, life: Life): Life {
  if (life.anchor.at === before.anchor.at) return neverShorter(before, life)
  return endOf(before) === Infinity ? { ...neverShorter(before, life), anchor: life.anchor } : life
}

/**
 * After policies came into force that the deadline was not reckoned under; `reckoned` are the others. Nothing but what these
 * policies change is changed: the anchor, and what was learnt since, stay as they count.
 */
export function afterPolicy(
  before: Life,
  { versions, said, now }: Known,
  { reckoned, receivedAt }: { reckoned: readonly Version[]; receivedAt: number },
): Life {
  if (isDecided(before)) return before
  const under = (policies: readonly Version[]): Life => {
    const packs = packsSince(policies, before.anchor.at, now)
    return seenFirst(lifeOf({ ...said, packs }, before.anchor), receivedAt)
  }
  return underPolicy(before, { was: under(reckoned), under: under(versions) })
}

/**
 * After two persons took a category away: what the rules that are left say, counted from where it was counted before. A deadline
 * that a drawer left short is not made longer by taking something away; only a rule put in its place (`replaced`) can do that.
 * What two persons had decided to delete stays due.
 */
export function afterDowngrade(before: Life, { versions, said, now }: Known, replaced: boolean): Life {
  if (isDecided(before)) return before
  const packs = packsSince(versions, before.anchor.at, now)
  const life = lifeOf({ ...said, packs }, before.anchor)
  return endOf(life) > endOf(before) && !replaced ? { ...life, deleteAfter: before.deleteAfter } : life
}
