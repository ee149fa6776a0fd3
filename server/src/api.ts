import { implement } from '@orpc/server'
import { contract } from '@vidne/contract/contract'
import type { Actor } from './people/people.ts'

/** The contract with what every answer under `/api` knows: who asks. Each stage's `routes.ts` binds its own part to its door. */
export const api = implement(contract).$context<{ actor: Actor }>()
