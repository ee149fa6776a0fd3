import { oc } from '@orpc/contract'
import * as z from 'zod'
import { refusals } from './refusals.ts'

const day = z.iso.date('give a day, such as 2027-01-31')
const district = z.string().trim().min(1).max(200)
const count = z.int().min(0).max(100_000)

/** What a plan of cameras and posts says; `sparePercent` is what is kept beside those in use. */
export const capacityPlan = z.strictObject({
  sparePercent: z.int().min(0).max(400).describe('20: a fifth more cameras than posts'),
  stock: z.array(z.strictObject({ district, since: day, cameras: count })).max(10_000),
  shifts: z
    .array(
      z.strictObject({
        district,
        name: z.string().trim().min(1).max(200),
        first: day,
        last: day,
        weekdays: z.array(z.int().min(1).max(7)).min(1).max(7).describe('Monday 1 to Sunday 7'),
        posts: count,
      }),
    )
    .max(10_000),
})

export const planCapacity = oc
  .route({
    method: 'POST',
    path: '/capacity/plan',
    summary: 'How many cameras and posts there are; replaces the plan before',
  })
  .input(capacityPlan)
  .output(z.object({ state: z.literal('planned') }))
  .errors(refusals)

const districtDay = z.object({
  date: day,
  district: z.string(),
  shifts: z.int(),
  posts: z.int(),
  needed: z.int().describe('posts of all shifts and the spare ones'),
  stock: z.int(),
  short: z.int(),
  free: z.int(),
  lenders: z
    .array(z.object({ district: z.string(), cameras: z.int() }))
    .describe('who could help; no camera is promised twice'),
  uncovered: z.int().describe('what is lacking even then'),
})

export type DistrictDayRow = z.infer<typeof districtDay>

export const showCapacity = oc
  .route({ method: 'GET', path: '/capacity', summary: 'Where and when cameras are short, and who could lend' })
  .input(z.object({ from: day, to: day }))
  .output(z.object({ from: day, to: day, days: z.array(districtDay) }))
  .errors(refusals)
