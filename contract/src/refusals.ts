import * as z from 'zod'

/**
 * The expected refusals of the HTTP API: a closed set. Each carries a sentence that says what is wrong and what to do;
 * the code is what programs branch on.
 */
const detail = z.object({
  sentence: z.string(),
  because: z.string().optional().describe('which refusal of its kind it is; screens have words of their own for it'),
})

export const refusals = {
  UNKNOWN_TOKEN: { status: 401, message: 'The token is not known here, has expired or was revoked.', data: detail },
  NOT_ALLOWED: { status: 403, message: 'Your roles do not allow this.', data: detail },
  NOT_FOUND: { status: 404, message: 'There is no such thing that you may see.', data: detail },
  CONFLICT: { status: 409, message: 'This cannot be done in the present state.', data: detail },
  GONE: { status: 410, message: 'The footage has been deleted on time.', data: detail },
  ODD_INPUT: { status: 422, message: 'A value cannot be used.', data: detail },
  STOPPED: { status: 503, message: 'The installation has stopped itself to protect evidence.', data: detail },
} as const

export type RefusalCode = keyof typeof refusals
