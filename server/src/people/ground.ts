import type { Clock } from '../platform/clock.ts'
import type { History } from '../platform/history/history.ts'

/** What an entry of an agency's chain is written with: `pol` is the digest of the policy in force there. */
export type Grounded = { readonly clock: Clock; readonly history: History; readonly pol: Uint8Array }
