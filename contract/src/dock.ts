import { oc } from '@orpc/contract'
import * as z from 'zod'
import { instant, namedId, reason } from './recordings.ts'
import { refusals } from './refusals.ts'

export const known = oc
  .route({ method: 'POST', path: '/dock/known', summary: 'Which of these files of a camera are docked already' })
  .input(z.object({ camera: z.string().nullable(), sha256: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(1000) }))
  .output(z.array(z.object({ sha256: z.string(), recording: z.uuid() })))
  .errors(refusals)

export const admit = oc
  .route({
    method: 'POST',
    path: '/uploads/{id}/admit',
    summary: 'Ask to take in again what was deleted here; another person confirms',
  })
  .input(z.object({ id: namedId, reason }))
  .output(z.object({ state: z.literal('waiting'), approval: z.uuid(), deadline: instant }))
  .errors(refusals)
