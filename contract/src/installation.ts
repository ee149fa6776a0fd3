import { oc } from '@orpc/contract'
import * as z from 'zod'
import { dayOrInstant, instant } from './recordings.ts'
import { refusals } from './refusals.ts'

const upkeep = z.object({ at: instant, by: z.string(), detail: z.string() })

const agencyStanding = z.object({
  name: z.string(),
  pack: z.string(),
  zone: z.string(),
  persons: z.number().int(),
  recordings: z.number().int().describe('that are kept; the deleted are not counted'),
})

const logStanding = z.object({
  origin: z.string(),
  standing: z.enum(['ok', 'stopped']),
  leaves: z.number().int(),
  publicLeaves: z.number().int(),
  countersignedLeaves: z.number().int().describe('under a checkpoint that somebody else has signed too'),
  cadenceSeconds: z.number().int(),
  witnesses: z.array(z.object({ name: z.string(), url: z.string(), checksMap: z.boolean() })),
})

const job = z.object({
  name: z.string(),
  cron: z.string().describe('five fields, UTC'),
  last: z.object({ state: z.enum(['done', 'failed', 'running']), at: instant }).nullable(),
})

export const standingOfInstallation = z.object({
  origin: z.string(),
  mode: z.enum(['normal', 'rehearsal']),
  version: z.string(),
  database: z.enum(['embedded', 'server']),
  objects: z.enum(['folder', 's3']),
  snapshots: z.string().nullable().describe('what was said of the site’s snapshots; null: nobody has said'),
  agencies: z.array(agencyStanding).describe('your own; all of them for who runs the installation'),
  log: logStanding,
  disks: z.array(z.object({ what: z.string(), freeBytes: z.number(), totalBytes: z.number() })),
  jobs: z.array(job),
  backupMade: upkeep.nullable(),
  restoreTried: upkeep.nullable(),
})
export type InstallationStanding = z.infer<typeof standingOfInstallation>

export const showInstallation = oc
  .route({ method: 'GET', path: '/installation', summary: 'How the installation stands: storage, log, jobs, backups' })
  .output(standingOfInstallation)
  .errors(refusals)

const finding = z.object({
  code: z.string(),
  state: z.enum(['good', 'weak', 'stops']),
  text: z.string().describe('in the asker’s language, as the doctor of the command line prints it'),
})
export type FindingRow = z.infer<typeof finding>

export const examineInstallation = oc
  .route({ method: 'POST', path: '/installation/examinations', summary: 'What the doctor finds now; changes nothing' })
  .output(z.object({ at: instant, findings: z.array(finding) }))
  .errors(refusals)

export const noteRestore = oc
  .route({
    method: 'POST',
    path: '/installation/restores',
    summary: 'Say that a backup was restored on trial, and what came of it',
  })
  .input(z.object({ detail: z.string().trim().min(3, 'say which backup, and what came of it').max(500) }))
  .output(z.object({ state: z.literal('noted'), at: instant }))
  .errors(refusals)

/** What rows about who looked and who was refused may be read for, and nothing else (LED art. 25(2)); closed. */
export const auditGround = z.enum(['lawfulness', 'self-monitoring', 'security', 'criminal-proceedings'])
export type AuditGround = z.infer<typeof auditGround>

const auditRow = z.object({
  at: instant,
  person: z.string().nullable(),
  act: z.string(),
  subject: z.uuid().nullable(),
  outcome: z.string(),
  sealed: z.boolean().describe('whether an event of the log covers the row yet'),
})
export type AuditRowShown = z.infer<typeof auditRow>

export const auditSearch = z.object({
  ground: auditGround,
  from: dayOrInstant,
  until: dayOrInstant.describe("of a day: its end, in the agency's time zone"),
  person: z.string().trim().min(1).max(200).optional(),
  act: z.string().trim().min(1).max(60).optional(),
  subject: z.uuid().optional(),
  refusedOnly: z.boolean().default(false),
  after: z.string().max(60).optional(),
  limit: z.number().int().min(1).max(5000).default(200),
})

export const searchAudit = oc
  .route({
    method: 'POST',
    path: '/audit/searches',
    summary: 'Rows of the agency’s audit, newest first, for one of four grounds; the search is a row itself',
  })
  .input(auditSearch)
  .output(z.object({ rows: z.array(auditRow), after: z.string().nullable() }))
  .errors(refusals)
