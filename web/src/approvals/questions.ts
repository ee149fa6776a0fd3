import { queryOptions } from '@tanstack/react-query'
import { vidne } from '../connection/client.ts'

/** What waits for a second person; asked again every few seconds, since it is answered on another device. */
export const waitingQuestion = queryOptions({
  queryKey: ['approvals', 'waiting'],
  queryFn: () => vidne.approvals.list(),
  refetchInterval: 5_000,
})

/** What became of one's own questions. */
export const answeredQuestion = queryOptions({
  queryKey: ['approvals', 'answered'],
  queryFn: () => vidne.approvals.answered(),
  refetchInterval: 5_000,
})

export type Waiting = Awaited<ReturnType<typeof vidne.approvals.list>>[number]
export type Answered = Awaited<ReturnType<typeof vidne.approvals.answered>>[number]
