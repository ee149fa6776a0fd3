import { createORPCClient } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import { OpenAPILink } from '@orpc/openapi-client/fetch'
import type { JsonifiedClient } from '@orpc/openapi-client'
import type { contract as Contract } from '@vidne/contract/contract'
import type { openContract as Open } from '@vidne/contract/open'
import { contract } from 'virtual:contract'
import { chosenLanguage } from '../words/language.ts'

type Client = JsonifiedClient<ContractRouterClient<typeof Contract & typeof Open>>

const link = new OpenAPILink(contract, {
  url: `${location.origin}/api`,
  // The session's cookie goes along by itself; sentences come back in the language of the desk.
  headers: () => ({ 'accept-language': chosenLanguage() }),
  fetch: (request, init) => fetch(request, { ...init, credentials: 'same-origin' }),
})

/** The installation's API, typed by the contract. A refusal is an `ORPCError`; `troubleOf` puts it into words. */
export const vidne: Client = createORPCClient(link)
