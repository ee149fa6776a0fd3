import { QueryClient } from '@tanstack/react-query'
import { mayPass } from './trouble.ts'

/** What was asked is kept while somebody works with it, and asked again when they come back to it. A refusal is an answer, not asked twice. */
export const questions = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => count < 2 && mayPass(error),
      refetchOnWindowFocus: true,
      networkMode: 'always',
    },
    // Nothing that changes evidence is done twice by itself.
    mutations: { retry: false, networkMode: 'always' },
  },
})
