import { queryOptions, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import type { Act } from '@vidne/contract/acts'
import type { Me, SignedIn } from '@vidne/contract/me'
import { vidne } from '../connection/client.ts'

/** Who sits here, and how the installation stands; asked again every half minute, since both can change without us. */
export const meQuestion = queryOptions({
  queryKey: ['me'],
  queryFn: (): Promise<Me> => vidne.me(),
  refetchInterval: 30_000,
})

export function useMe() {
  return useQuery(meQuestion)
}

/** Whoever is signed in, for pages that are only opened then. */
export function usePerson(): SignedIn {
  const { person } = useSuspenseQuery(meQuestion).data
  if (person === null) throw new Error('nobody is signed in')
  return person
}

/** Whether the signed-in person's roles allow an act; whether it may be done to this recording, the installation says when it is asked. */
export function may(person: SignedIn, ...acts: readonly Act[]): boolean {
  return acts.some(act => person.may.includes(act))
}

/** All times are told in the agency's zone; before anybody is signed in, in that of the device. */
export function zoneOf(me: Me | undefined): string {
  return me?.person?.agency.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** What the installation's clock says, in epoch milliseconds. @throws Error before it is founded, when it has none */
export function clockOf({ installation }: Me): number {
  if (installation.now === null) throw new Error('an installation that is not founded has no clock')
  return Date.parse(installation.now)
}
