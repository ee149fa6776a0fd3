import * as z from 'zod'

/** A mail address as we take it: in ASCII, without quotation marks or comments, and above all without a line end. */
export const MAIL_ADDRESS =
  /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*$/i

const HOST = /^(?:[a-z\d](?:[a-z\d.-]*[a-z\d])?|[\da-f]*:[\da-f:.]+)$/i
const NAMED = /^(?:"?([^"<>\p{Cc}]*?)"? *<([^<>\s]+)>|([^<>\s]+))$/u

/** Who mail comes from: an address, or a name with the address in angle brackets. */
const from = z.string().transform((given, check) => {
  const [, name = '', named, bare] = NAMED.exec(given) ?? []
  const address = named ?? bare ?? ''
  if (address.length <= 254 && MAIL_ADDRESS.test(address)) return { name, address }
  check.addIssue({
    code: 'custom',
    message: 'an address such as vidne@example.org is needed, or "Vidne <vidne@example.org>"',
  })
  return z.NEVER
})

const file = z.string({ error: 'the path of a file is needed' }).min(1, 'it is empty')

/** `[mail]`: the server that mail is given to. Absent: none is sent. */
export const mailTable = z.strictObject(
  {
    host: z
      .string({ error: 'the name of the mail server is needed' })
      .regex(HOST, 'the name or the address of a mail server is needed, without a port'),
    port: z
      .number({ error: 'a whole number from 1 to 65535 is needed' })
      .int('a whole number from 1 to 65535 is needed')
      .min(1, 'a whole number from 1 to 65535 is needed')
      .max(65_535, 'a whole number from 1 to 65535 is needed')
      .optional(),
    tls: z
      .enum(['starttls', 'implicit', 'none'], { error: '"starttls", "implicit" or "none" is needed' })
      .default('starttls'),
    user: z.string().min(1, 'it is empty').optional(),
    password: z
      .undefined({
        error: 'a password does not belong in the settings: put it in a file of its own and name that in password_file',
      })
      .optional(),
    password_file: file.optional(),
    ca_file: file.optional(),
    from,
  },
  { error: ({ code }) => (code === 'invalid_type' ? 'a table [mail] in vidne.toml is needed' : undefined) },
)
export type MailTable = z.infer<typeof mailTable>

const OURS = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i

/** What is wrong with the table as a whole, in words; null where nothing is. */
export function mailContradiction(
  { host, tls, user, password_file: file }: MailTable,
  publicUrl?: string,
): string | null {
  if (publicUrl === undefined) return 'it is given without public_url: mail has to say where to sign in'
  if (tls === 'none' && !OURS.test(host))
    return `tls = "none" would send mail readable over the network: only to a mail server on this machine, not to ${host}`
  if (user === undefined && file !== undefined) return 'password_file is given without user'
  return null
}
