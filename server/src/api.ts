import { implement } from '@orpc/server'
import { contract } from '@vidne/contract/contract'
import type { Actor } from './people/people.ts'
import type { About } from './platform/http/about.ts'

/** The contract with what every answer under `/api` knows: who asks, and how. Each stage's `routes.ts` binds its own part to its door. */
export const api = implement(contract).$context<{ actor: Actor; about: About }>()
