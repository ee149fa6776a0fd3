import type { Sign, WorkEntry } from '@vidne/contract/work'

/** Something marked on the time of a recording, as the lane below the picture shows it: told by shape and words, not by colour alone. */
export type LaneMark = {
  readonly id: string
  readonly fromMs: number
  /** Null: a moment. */
  readonly untilMs: number | null
  readonly words: string
  readonly colour: string
  readonly shape: string
}

/** The part between two marks of the one who looks; null: not marked. */
export type Selected = { readonly inMs: number | null; readonly outMs: number | null }

const SIGNS: Readonly<Record<Sign, Pick<LaneMark, 'shape' | 'colour'>>> = {
  'red-triangle': { shape: '▲', colour: 'var(--stop)' },
  'amber-diamond': { shape: '◆', colour: 'var(--wait)' },
  'green-circle': { shape: '●', colour: 'var(--good)' },
  'blue-square': { shape: '■', colour: 'var(--accent)' },
  'violet-star': { shape: '★', colour: 'var(--rehearsal)' },
}

/** The markers among what was written about a recording. */
export function marksOf(entries: readonly WorkEntry[]): LaneMark[] {
  return entries.flatMap(({ id, content }) => {
    if (content.kind !== 'marker') return []
    const { from, until, words, sign } = content
    return [{ id, fromMs: from, untilMs: until, words, ...SIGNS[sign] }]
  })
}

/** The marked part, its ends in their order; null while there are not two. */
export function partOf({ inMs, outMs }: Selected): { readonly fromMs: number; readonly untilMs: number } | null {
  if (inMs === null || outMs === null || inMs === outMs) return null
  return { fromMs: Math.min(inMs, outMs), untilMs: Math.max(inMs, outMs) }
}
