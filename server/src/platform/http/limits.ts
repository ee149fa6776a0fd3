import { RateLimiterMemory } from 'rate-limiter-flexible'

/** Tells whether one more is allowed; `retrySeconds` says when the next would be. */
export type Allowance = { allowed: true } | { allowed: false; retrySeconds: number }

export interface Limits {
  /** One request of this client. */
  request(client: string): Promise<Allowance>
  /** One more refused token from this client: a guesser soon waits, a typo does not. */
  refusedToken(client: string): Promise<Allowance>
  /** Whether this client has used up its refused tokens. */
  guessing(client: string): Promise<Allowance>
}

const DEFAULTS = { requestsPerMinute: 3000, refusedTokensPerMinute: 30 } as const

/** Limits per client address, in this process; several processes each keep their own. */
export function openLimits({
  requestsPerMinute,
  refusedTokensPerMinute,
}: Readonly<Record<keyof typeof DEFAULTS, number>> = DEFAULTS): Limits {
  const requests = new RateLimiterMemory({ points: requestsPerMinute, duration: 60 })
  const refused = new RateLimiterMemory({ points: refusedTokensPerMinute, duration: 60 })
  return {
    request: client => take(requests, client),
    refusedToken: client => take(refused, client),
    async guessing(client) {
      const used = await refused.get(client)
      const over = used !== null && used.consumedPoints > refusedTokensPerMinute
      return over ? { allowed: false, retrySeconds: Math.ceil(used.msBeforeNext / 1000) } : { allowed: true }
    },
  }
}

async function take(limiter: RateLimiterMemory, client: string): Promise<Allowance> {
  try {
    await limiter.consume(client)
    return { allowed: true }
  } catch (over) {
    // The library rejects with its own record, not with an Error, when the allowance is used up.
    if (over instanceof Error) throw over
    const wait =
      typeof over === 'object' && over !== null && 'msBeforeNext' in over ? Number(over.msBeforeNext) : 60_000
    return { allowed: false, retrySeconds: Math.ceil(wait / 1000) }
  }
}
