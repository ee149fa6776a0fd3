// vault.json: whose vault it is and by what the master key is known. Holds no key.

import { z } from 'zod'

const Header = z.strictObject({
  v: z.literal(1),
  vault: z.string().regex(/^[0-9a-f]{32}$/),
  check: z.string().regex(/^[0-9a-f]{64}$/),
  installation: z.string().min(1).max(200).nullable(),
  /** Restored from a backup, and not yet told what has been destroyed since: no key is given out. */
  awaitsReplay: z.boolean(),
  /** Set in backups only (epoch ms). */
  backup: z.strictObject({ at: z.int(), expires: z.int() }).nullable(),
})

export type Header = Readonly<z.infer<typeof Header>>

export function formatHeader(header: Header): string {
  return `${JSON.stringify(header, null, 2)}\n`
}

/** Null where the bytes are no header. */
export function parseHeader(bytes: Uint8Array): Header | null {
  try {
    return Header.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch {
    return null
  }
}
