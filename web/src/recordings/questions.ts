import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { vidne } from '../connection/client.ts'
import type { Filter, Sort } from './asked.ts'

/** So many rows at a time: more than a tall screen shows, few enough to come at once. */
const PAGE = 100

/** The list, page by page. What was listed stays in sight until the next answer is there. */
export const listQuestion = (filter: Filter, sort: Sort) =>
  infiniteQueryOptions({
    queryKey: ['recordings', 'list', filter, sort],
    queryFn: ({ pageParam }) =>
      vidne.recordings.list({ ...filter, sort, limit: PAGE, ...(pageParam === null ? {} : { after: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.after,
    placeholderData: keepPreviousData,
  })
export type Row = Awaited<ReturnType<typeof vidne.recordings.list>>['recordings'][number]

export const countsQuestion = (filter: Filter) =>
  queryOptions({
    queryKey: ['recordings', 'counts', filter],
    queryFn: () => vidne.listing.counts(filter),
    placeholderData: keepPreviousData,
  })

export const placesQuestion = (filter: Filter) =>
  queryOptions({
    queryKey: ['recordings', 'places', filter],
    queryFn: () => vidne.listing.places(filter),
    placeholderData: keepPreviousData,
  })
export type Place = Awaited<ReturnType<typeof vidne.listing.places>>['places'][number]
export type Track = Awaited<ReturnType<typeof vidne.listing.places>>['tracks'][number]

export const dayQuestion = (asked: { day: string; wearer?: string; camera?: string }) =>
  queryOptions({
    queryKey: ['recordings', 'day', asked],
    queryFn: () => vidne.listing.timeline(asked),
    placeholderData: keepPreviousData,
  })

export const mapQuestion = queryOptions({
  queryKey: ['recordings', 'map'],
  queryFn: () => vidne.listing.map(),
  staleTime: Number.POSITIVE_INFINITY,
})
export type Tiles = NonNullable<Awaited<ReturnType<typeof vidne.listing.map>>['tiles']>

export const unitsQuestion = queryOptions({ queryKey: ['units'], queryFn: () => vidne.units.list() })
export const policyQuestion = queryOptions({ queryKey: ['policy', 'in-force'], queryFn: () => vidne.policy.show({}) })
