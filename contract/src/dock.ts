import { oc } from '@orpc/contract'
import * as z from 'zod'
import { instant, namedId, reason } from './recordings.ts'
import { refusals } from './refusals.ts'

export const known = oc
  .route({ method: 'POST', path: '/dock/known', summary: 'Which of these files of a camera are docked already' })
  .input(z.object({ camera: z.string().nullable(), sha256: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(1000) }))
  .output(z.array(z.object({ sha256: z.string(), recording: z.uuid() })))
  .errors(refusals)

export const boardCamera = z.object({
  camera: z.string().nullable().describe('null: files of which nobody knows the camera'),
  state: z.enum(['docking', 'done', 'failed']),
  movedAt: instant.describe('when anything of it last arrived'),
  files: z.object({ done: z.int(), open: z.int() }),
  bytes: z.object({ arrived: z.int(), all: z.int() }).describe('of the files that are known by now'),
  failures: z
    .array(z.object({ file: z.string(), because: z.string(), sentence: z.string() }))
    .describe('the files that did not come in, at most five, each with what to do'),
})
export type BoardCamera = z.infer<typeof boardCamera>

export const board = oc
  .route({ method: 'GET', path: '/dock/board', summary: 'Cameras that dock now, have failed, or are done' })
  .output(z.object({ at: instant, cameras: z.array(boardCamera) }))
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
