import { queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'

/** What this installation shows to whoever looks around; `demo` null where it is none. */
export const tourQuestion = queryOptions({
  queryKey: ['tour'],
  queryFn: () => vidne.tour(),
  staleTime: Number.POSITIVE_INFINITY,
})

export type Demo = NonNullable<Awaited<ReturnType<typeof vidne.tour>>['demo']>

/** Somebody of the demo whose place can be taken. */
export type Persona = Awaited<ReturnType<typeof vidne.signIn.personas>>[number]

/** Everybody whose place can be taken, by id; empty until they are known. */
export function usePersonas(): ReadonlyMap<string, Persona> {
  const { data } = useQuery({ queryKey: ['personas'], queryFn: () => vidne.signIn.personas() })
  return new Map((data ?? []).map(one => [one.person, one]))
}

/** Takes somebody's place. What was known of whoever sat here before is forgotten. */
export async function takePlace(person: string): Promise<void> {
  await vidne.signIn.persona({ person })
  await questions.invalidateQueries()
}

/** Taking somebody's place by a click. */
export function useTakingPlace() {
  return useMutation({ mutationFn: takePlace })
}
