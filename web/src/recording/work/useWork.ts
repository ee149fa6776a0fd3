import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { WorkContent } from '@vidne/contract/work'
import { vidne } from '../../connection/client.ts'
import type { Edit, Entry, Writing } from './EntryFlow.tsx'

const keyOf = (recording: string) => ['recordings', recording, 'work'] as const

/** What was written about a recording; asked again every quarter minute, since others write too. */
export function useWork(recording: string) {
  return useQuery({
    queryKey: keyOf(recording),
    queryFn: () => vidne.recordings.work({ id: recording }),
    refetchInterval: 15_000,
  })
}

export type Work = NonNullable<ReturnType<typeof useWork>['data']>

/** The entries of one kind, in the order that `by` gives. */
export function entriesOf<Kind extends WorkContent['kind']>(
  { entries }: Work,
  kind: Kind,
): Entry<Extract<WorkContent, { kind: Kind }>>[] {
  return entries.flatMap(entry => {
    const { content } = entry
    return isOf(content, kind) ? [{ ...entry, content }] : []
  })
}

function isOf<Kind extends WorkContent['kind']>(
  content: WorkContent,
  kind: Kind,
): content is Extract<WorkContent, { kind: Kind }> {
  return content.kind === kind
}

/** Writing entries of one kind. What the list shows is asked anew after each, also after a conflict. */
export function useWriting<Kind extends WorkContent['kind']>(
  recording: string,
  kind: Kind,
): Writing<Extract<WorkContent, { kind: Kind }>> {
  type Content = Extract<WorkContent, { kind: Kind }>
  const questions = useQueryClient()
  const again = () => questions.invalidateQueries({ queryKey: ['recordings', recording] })
  const narrowed = (theirs: Entry<WorkContent> | null): Entry<Content> | null => {
    if (theirs === null || !isOf(theirs.content, kind)) return null
    return { ...theirs, content: theirs.content }
  }
  return {
    async versions(entry) {
      const found = await vidne.recordings.workVersions({ id: recording, entry })
      return found.map(one => ({
        ...one,
        content: one.content !== null && isOf(one.content, kind) ? one.content : null,
      }))
    },
    async write(content: Content, edit: Edit | null) {
      const answer = await vidne.recordings.writeWork({ id: recording, content, ...edit })
      await again()
      return answer.state === 'written' ? { state: 'written' } : { state: 'conflict', theirs: narrowed(answer.theirs) }
    },
    async remove(edit: Edit) {
      const answer = await vidne.recordings.removeWork({ id: recording, ...edit })
      await again()
      return answer.state === 'removed' ? answer : { state: 'conflict', theirs: narrowed(answer.theirs) }
    },
  }
}
