import { queryOptions } from '@tanstack/react-query'
import { vidne } from '../connection/client.ts'

/** What the page asks of the installation; everything about a recording stands under its own key. */
export const recordingKey = (recording: string) => ['recordings', recording] as const

export const findQuestion = (id: string) =>
  queryOptions({ queryKey: [...recordingKey(id), 'found'], queryFn: () => vidne.recordings.find({ id }) })

export const accountQuestion = (id: string) =>
  queryOptions({ queryKey: [...recordingKey(id), 'account'], queryFn: () => vidne.recordings.account({ id }) })

export const accessQuestion = (id: string) =>
  queryOptions({ queryKey: [...recordingKey(id), 'access'], queryFn: () => vidne.recordings.access({ id }) })

/** What was written about it; asked again now and then, since others write too. */
export const workQuestion = (id: string) =>
  queryOptions({
    queryKey: [...recordingKey(id), 'work'],
    queryFn: () => vidne.recordings.work({ id }),
    refetchInterval: 15_000,
  })

export type Found = Awaited<ReturnType<typeof vidne.recordings.find>>
export type Account = Awaited<ReturnType<typeof vidne.recordings.account>>
export type Access = Awaited<ReturnType<typeof vidne.recordings.access>>
export type Playing = Found['playing']
export type Purpose = Found['viewing']['purposes'][number]
