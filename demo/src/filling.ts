import { packById } from '@vidne/policies/packs'
import type { Agency } from './agencies.ts'
import { dockShot } from './docking.ts'
import type { Founded } from './founding.ts'
import type { Opened } from './house.ts'
import { DAY, type Month, type Operation, type Shot } from './month.ts'
import { storiesOf } from './stories.ts'
import type { Facts, Story } from './storytelling.ts'

/** A recording of the month and what it came from. */
export type Docked = Shot & { readonly recording: string }

/** What the stories of the month are told with. */
export type Telling = Opened & {
  readonly today: number
  readonly founded: readonly Founded[]
  readonly docked: readonly Docked[]
  readonly facts: Facts
}

/** Plays the month: what is ordered, docked and done, each at its hour, and the nights between. `told`: how far it is, from 0 to 1. */
export async function playMonth(
  opened: Opened,
  founded: readonly Founded[],
  p: { month: Month; today: number; told: (share: number) => void },
): Promise<Telling> {
  const docked: Docked[] = []
  const telling: Telling = { ...opened, today: p.today, founded, docked, facts: { link: null } }
  const { begins } = p.month
  for (const { at, does } of stepsOf(telling, docked, p.month)) {
    await opened.ground.rehearsal?.set(Math.max(at, opened.ground.clock.now()))
    await does()
    p.told((at - begins) / (p.today - begins))
  }
  await opened.ground.rehearsal?.set(Math.max(p.today, opened.ground.clock.now()))
  return telling
}

type Step = { readonly at: number; readonly does: () => Promise<void> }

function stepsOf(telling: Telling, docked: Docked[], month: Month): Step[] {
  const { today } = telling
  const nights: Step[] = []
  for (let at = month.begins + DAY; at < today; at += DAY) {
    const last = at + DAY >= today
    const cleared = telling.founded.filter(({ agency }) => last || at >= month.begins + shortestStay(agency))
    nights.push({ at, does: () => night(telling, cleared) })
  }
  const steps = [
    ...nights,
    ...month.operations.map(operation => ({ at: operation.ordered, does: () => order(telling, operation) })),
    ...storiesOf(today).map((story: Story) => ({ at: story.at, does: () => story.does(telling) })),
    ...dockings(telling, docked, month.shots),
  ]
  return steps.toSorted((one, other) => one.at - other.at)
}

/** What came out of one shift, or out of several that ended in the same hour, is docked together: the dock seals it in one go. */
function dockings(telling: Telling, docked: Docked[], shots: readonly Shot[]): Step[] {
  const racks = Map.groupBy(shots, shot => Math.floor(shot.docked / HOUR))
  return [...racks.values()].map(rack => ({
    at: Math.max(...rack.map(shot => shot.docked)),
    async does() {
      const whole = rack.map(async shot => {
        const { id = '', dock = '' } = telling.founded.find(one => one.agency.key === shot.agency) ?? {}
        const recording = await dockShot(telling.url, dock, shot)
        await report(telling, id, { ...shot, recording })
        return { ...shot, recording }
      })
      docked.push(...(await Promise.all(whole)))
    },
  }))
}

const HOUR = 3_600_000

/** What the wearer says of it: what it was for, and whether people were told. */
async function report({ as }: Telling, agency: string, shot: Docked): Promise<void> {
  const { recording, trigger, noticed, camera } = shot
  if (camera.wearer === null || trigger === null) return
  const at = new Date(shot.at).toISOString()
  const client = await as(agency, camera.wearer)
  await client.situations.report({
    recording,
    wearer: camera.wearer,
    camera: camera.id,
    at,
    running: true,
    triggers: [{ code: trigger, source: 'wearer', at }],
    ...(noticed ? { notice: { how: 'spoken', at } } : {}),
  })
}

async function order({ as, founded }: Telling, operation: Operation): Promise<void> {
  const agency = founded.find(one => one.agency.key === operation.agency)
  const commander = agency?.agency.people.find(one => one.roles.includes('commander'))
  if (agency === undefined || commander === undefined) throw new Error(`nobody orders ${operation.title}`)
  const { title, task, unit, from, until, cameras } = operation
  const client = await as(agency.id, commander.name)
  await client.operations.order({
    title,
    task,
    unit,
    from: new Date(from).toISOString(),
    until: new Date(until).toISOString(),
    orderedBy: commander.name,
    participants: cameras.map(({ wearer, id }) => ({ wearer, camera: id })),
  })
}

/**
 * What an installation does by itself: looks for what is missing, deletes on time, commits the audit. `cleared`: the agencies of which
 * anything can fall due yet; of the others a run would ask sixty questions to find nothing.
 */
async function night({ house, ground, founded }: Telling, cleared: readonly Founded[]): Promise<void> {
  const each = founded.map(async one => {
    await house.record.lookForDeviations(one.id)
    if (cleared.includes(one)) await house.keep.run(one.id, null)
  })
  await Promise.all(each)
  await ground.people.hourly()
}

/** Sooner than this nothing goes that an agency's pack keeps, in milliseconds from its capture. */
function shortestStay({ pack }: Agency): number {
  const rules = Object.values(packById(pack)?.retention ?? {})
  return Math.min(
    ...rules.map(({ v }) => Temporal.Duration.from(v).total({ unit: 'milliseconds', relativeTo: '2026-01-01' })),
  )
}
