import { oc } from '@orpc/contract'
import * as z from 'zod'
import { instant } from './recordings.ts'
import { refusals } from './refusals.ts'

/** The languages that mail is written in. */
export const mailLanguage = z.enum(['en', 'da', 'sv', 'de'])

/** An address for mail, in ASCII; what could be more than one address, or a header, is none. */
export const mailAddress = z.string().trim().max(254).pipe(z.email('an address such as name@example.org is needed'))

export const ownAddress = z.object({
  sends: z.boolean().describe('false: this installation sends no mail, and takes no address'),
  confirmed: z.object({ address: z.string(), language: mailLanguage }).nullable(),
  offered: z
    .object({ address: z.string(), codeUntil: instant.nullable().describe('null: no code waits to be typed') })
    .nullable()
    .describe('named by its owner, or by whoever invited them, and not confirmed yet'),
  refused: z.boolean().describe('the last mail to the confirmed address was refused there'),
})
export type OwnAddress = z.infer<typeof ownAddress>

export const showAddress = oc
  .route({ method: 'GET', path: '/account/address', summary: 'Where mail to oneself goes' })
  .output(ownAddress)
  .errors(refusals)

export const nameAddress = oc
  .route({
    method: 'POST',
    path: '/account/address',
    summary: 'Name an address for mail to oneself; a code goes there, and until it is confirmed nothing else',
  })
  .input(z.object({ address: mailAddress, language: mailLanguage }))
  .output(z.object({ state: z.enum(['code-sent', 'kept']) }))
  .errors(refusals)

export const confirmAddress = oc
  .route({
    method: 'POST',
    path: '/account/address/confirm',
    summary: 'Confirm the address by the code that was mailed',
  })
  .input(
    z.object({
      code: z
        .string()
        .transform(given => given.replaceAll(/\s/g, ''))
        .pipe(z.string().regex(/^\d{6}$/, 'six digits are needed')),
    }),
  )
  .output(z.object({ state: z.literal('confirmed') }))
  .errors(refusals)

export const removeAddress = oc
  .route({ method: 'POST', path: '/account/address/remove', summary: 'Remove one’s address; no more mail comes' })
  .output(z.object({ state: z.literal('removed') }))
  .errors(refusals)
