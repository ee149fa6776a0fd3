import { z } from 'zod'

/** One thing that was looked at. `stops`: the installation does not do its work until it is answered. */
export const Finding = z.strictObject({ code: z.string(), ok: z.boolean(), stops: z.boolean(), text: z.string() })
export type Finding = Readonly<z.infer<typeof Finding>>

export function good(code: string, text: string): Finding {
  return { code, ok: true, stops: false, text }
}

/** Something is switched off, weak or missing, and the installation works without it. */
export function weak(code: string, text: string): Finding {
  return { code, ok: false, stops: false, text }
}

export function bad(code: string, text: string): Finding {
  return { code, ok: false, stops: true, text }
}
