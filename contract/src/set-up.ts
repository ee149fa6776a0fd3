import { oc } from '@orpc/contract'
import * as z from 'zod'
import { refusals } from './refusals.ts'
import { role } from './roles.ts'

const secret = z.string().min(1).max(100)
const name = z.string().trim().min(1).max(200)

/** What whoever sets an installation up is told before they are asked. */
export const lookAtSetUp = oc
  .route({
    method: 'POST',
    path: '/set-up',
    summary: 'What can be chosen, to whoever has the link that the server printed',
  })
  .input(z.object({ secret }))
  .output(
    z.object({
      data: z.string().describe('the folder that the installation will lie in'),
      places: z
        .object({
          database: z.enum(['embedded', 'server']),
          objects: z.enum(['folder', 's3']),
          vault: z
            .string()
            .nullable()
            .describe('the folder of the keys, where the settings name one; then none is asked for'),
        })
        .describe('what the settings of the server say already'),
      packs: z.array(z.object({ id: z.string(), zone: z.string() })),
      secure: z.boolean().describe('whether people reach it by https'),
    }),
  )
  .errors(refusals)

export const foundInstallation = oc
  .route({ method: 'POST', path: '/set-up/found', summary: 'Found the installation; what is shown now is shown once' })
  .input(
    z.object({
      secret,
      agency: name,
      pack: z.string().min(1).max(100),
      origin: z.string().trim().max(200).nullable(),
      rehearsal: z.boolean(),
      administrator: name,
      second: z.object({ name, role: role.exclude(['dock']) }).nullable(),
      snapshots: z.union([z.literal('none'), z.int().min(1).max(3650)]).nullable(),
      vault: z
        .string()
        .trim()
        .min(1)
        .max(1000)
        .nullable()
        .describe('a folder on another disk for the copies of the keys'),
    }),
  )
  .output(
    z.object({
      origin: z.string(),
      invitation: z.string().describe('the link of the first administrator'),
      second: z.string().nullable().describe('the link of the second person'),
      dockToken: z.string(),
      trust: z.string().describe('what others need to check what this installation seals'),
      masterKey: z.string().describe('where the key lies without which nothing can be read'),
      vault: z.array(z.string()),
    }),
  )
  .errors(refusals)
