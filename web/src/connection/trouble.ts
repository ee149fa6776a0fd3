import { ORPCError } from '@orpc/client'

/**
 * What went wrong, for whoever sits before it. `refused`: the installation said no, with its sentence. `away`: it does not
 * answer, so nothing was changed that we know of. `broken`: it answered what no answer is.
 */
export type Trouble =
  | { kind: 'refused'; status: number; code: string; sentence: string }
  | { kind: 'away' }
  | { kind: 'broken'; sentence: string }

/** Puts a failed call into one of the three kinds; total over whatever can be thrown. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof ORPCError) {
    const said = sentenceIn(error.data) ?? error.message
    return { kind: 'refused', status: error.status, code: String(error.code), sentence: said }
  }
  if (error instanceof TypeError) return { kind: 'away' }
  return { kind: 'broken', sentence: error instanceof Error ? error.message : String(error) }
}

function sentenceIn(data: unknown): string | null {
  if (typeof data !== 'object' || data === null) return null
  if ('sentence' in data && typeof data.sentence === 'string') return data.sentence
  return null
}

/** Whether asking again may help: nobody answered, or the installation stands still for now. */
export function mayPass(error: unknown): boolean {
  const trouble = troubleOf(error)
  return trouble.kind === 'away' || (trouble.kind === 'refused' && trouble.status >= 500)
}
