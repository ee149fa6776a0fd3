import { ON_AGENCY_CHAIN } from './approval-kinds.ts'
import { may, type Actor } from './roles.ts'
import type { standingOf, Waiting } from './waiting.ts'

/** A question with how the one who asks for the list stands to it. */
export type Stood = Waiting & { readonly you: ReturnType<typeof standingOf> }

/** What is on somebody's list, whatever else is known of it. */
type Theirs = Pick<ReadonlySet<string>, 'has'>

/** The recordings that a question names. */
export function recordingsIn(question: Waiting): string[] {
  const about = recordingOf(question)
  return [...(about === null ? [] : [about]), ...(question.listed ?? [])]
}

/** The recording that a question is about; null where it is about an upload, a link or a report, or about the agency as a whole. */
export function recordingOf({ kind, subject }: Waiting): string | null {
  return ON_AGENCY_CHAIN.has(kind) ? null : subject
}

/**
 * What somebody asked himself he always finds. Of the rest, who does not answer for footage sees no more than what he may confirm,
 * and nobody a question about a recording that is not on his list.
 */
export function shows(question: Stood, actor: Pick<Actor, 'roles'>, theirs: Theirs): boolean {
  if (question.you === 'asked-by-you') return true
  const about = recordingOf(question)
  if (about !== null && !theirs.has(about)) return false
  // What a link shows is agreed to by somebody who knows of all of it.
  if (question.kind === 'share' && !question.listed?.every(one => theirs.has(one))) return false
  return may(actor, 'read-questions') || question.you !== 'not-your-role'
}
