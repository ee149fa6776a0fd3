import { type Agency, type Camera, agencies } from './agencies.ts'
import type { Spot } from './clip.ts'
import { type Chance, chanceOf } from './random.ts'

export const DAY = 86_400_000
const HOUR = 3_600_000
const MINUTE = 60_000

/** The rehearsal is founded so many days before today: what came first is over its time by now. */
export const DAYS = 33

/** Something a camera recorded, and when it came out of the rack's dock. */
export type Shot = {
  readonly agency: Agency['key']
  readonly camera: Camera
  readonly clip: string
  readonly at: number
  readonly docked: number
  readonly spot: Spot
  readonly serial: number
  /** What set the camera off, in the policy's own word; null where nobody carries it. */
  readonly trigger: string | null
  /** Whether those in the picture were told. */
  readonly noticed: boolean
}

/** A task under a rule that it must be recorded. `silent`: who took part and recorded nothing. */
export type Operation = {
  readonly agency: Agency['key']
  readonly title: string
  readonly task: string
  /** Of the policy, for that task. */
  readonly trigger: string
  readonly from: number
  readonly until: number
  readonly ordered: number
  readonly unit: string
  readonly cameras: readonly Camera[]
  readonly silent: string | null
}

export type Month = {
  readonly begins: number
  readonly shots: readonly Shot[]
  readonly operations: readonly Operation[]
}

/** The month until `today`: the same for the same seed and hour. */
export function monthOf(today: number, seed: number): Month {
  const begins = Math.floor((today - DAYS * DAY) / HOUR) * HOUR
  const chance = chanceOf(seed)
  const operations = operationsIn(begins, today)
  const shots: Omit<Shot, 'serial'>[] = []
  for (let day = 0; day <= DAYS; day++)
    for (const agency of agencies)
      for (const camera of agency.cameras)
        if (chance.inHundred(agency.often)) shots.push(...shiftOf(agency, camera, begins + day * DAY, chance))
  for (const operation of operations)
    for (const camera of operation.cameras)
      if (camera.wearer !== operation.silent) shots.push(...during(operation, camera, chance))
  const inTime = shots.filter(shot => shot.docked < today && shot.at > begins + HOUR)
  const sorted = inTime.toSorted((one, other) => one.docked - other.docked || one.at - other.at)
  return { begins, operations, shots: sorted.map((shot, serial) => ({ ...shot, serial })) }
}

/** A shift brings one or two recordings, docked together when it is over. */
function shiftOf(agency: Agency, camera: Camera, day: number, chance: Chance): Omit<Shot, 'serial'>[] {
  const [first, last] = agency.hours
  const midnight = Math.floor(day / DAY) * DAY
  const begins = midnight + chance.between(first, last - 1) * HOUR + chance.between(0, 59) * MINUTE
  const docked = begins + chance.between(2, 4) * HOUR
  const many = chance.inHundred(30) ? 2 : 1
  return Array.from({ length: many }, (_, nth) => ({
    agency: agency.key,
    camera,
    clip: chance.of(camera.clips),
    at: begins + nth * chance.between(12, 55) * MINUTE + chance.between(0, 59) * 1000,
    docked,
    spot: near(camera, chance),
    trigger: camera.wearer === null ? null : agency.trigger,
    noticed: chance.inHundred(96),
  }))
}

/** What is worn moves about; what hangs on a wall does not. */
function near({ around, wearer }: Camera, chance: Chance): Spot {
  const off = () => (wearer === null ? 0 : chance.between(-180, 180) / 10_000)
  return { latitude: around.latitude + off(), longitude: around.longitude + off() }
}

/** Those who take part in an operation stand within a hundred metres of each other. */
function beside({ around }: Camera, chance: Chance): Spot {
  const off = () => chance.between(-5, 5) / 10_000
  return { latitude: around.latitude + off(), longitude: around.longitude + off() }
}

function during(operation: Operation, camera: Camera, chance: Chance): Omit<Shot, 'serial'>[] {
  const at = operation.from + chance.between(1, 8) * MINUTE
  const docked = operation.until + 2 * HOUR
  const { agency, trigger } = operation
  return [
    { agency, trigger, noticed: true, camera, clip: chance.of(camera.clips), at, docked, spot: beside(camera, chance) },
  ]
}

type Planned = readonly [
  agency: Agency['key'],
  unit: string,
  task: string,
  trigger: string,
  title: string,
  day: number,
  silent: boolean,
]

/** By how many days before today; `silent`: one of those who took part recorded nothing. */
const PLANNED: readonly Planned[] = [
  ['dk', 'Fyns Politi', 'selected_operation', 'selected_operation', 'Ransagning, Havnegade', 26, false],
  [
    'dk',
    'Midt- og Vestjyllands Politi',
    'traffic_control_by_motorcycle',
    'traffic_stop_mc',
    'Færdselskontrol med motorcykel',
    22,
    false,
  ],
  [
    'dk',
    'Københavns Vestegns Politi',
    'task_with_risk_of_confrontation',
    'confrontation_risk',
    'Fodboldkamp, Brøndby',
    15,
    true,
  ],
  ['dk', 'Sydøstjyllands Politi', 'arrest', 'arrest', 'Anholdelse, Horsens banegård', 9, false],
  ['dk', 'Fyns Politi', 'selected_operation', 'selected_operation', 'Ransagning, Vesterbro', 4, true],
  [
    'dk',
    'Syd- og Sønderjyllands Politi',
    'selected_operation',
    'selected_operation',
    'Indsats, Esbjerg havn',
    3,
    false,
  ],
  ['uk', 'Camden', 'stop_and_search', 'stop_and_search', 'Stop and search, Camden High Street', 20, false],
  ['uk', 'Lambeth', 'domestic_abuse_call', 'domestic_abuse', 'Call to Coldharbour Lane', 12, false],
  ['uk', 'Southwark', 'premises_search', 'premises_search', 'Warrant, Tooley Street', 5, true],
  ['uk', 'Croydon', 'arrest', 'arrest', 'Arrest, East Croydon station', 2, false],
]

function operationsIn(begins: number, today: number): Operation[] {
  return PLANNED.map(([key, unit, task, trigger, title, day, silent]) => {
    const agency = agencies.find(one => one.key === key)
    const cameras = agency?.cameras.filter(camera => camera.unit === unit) ?? []
    const from = Math.floor((today - day * DAY) / HOUR) * HOUR + 12 * MINUTE
    const ordered = Math.max(begins + HOUR, from - 20 * HOUR)
    const missing = silent ? (cameras.at(-1)?.wearer ?? null) : null
    return {
      agency: key,
      title,
      task,
      trigger,
      unit,
      from,
      until: from + 50 * MINUTE,
      ordered,
      cameras,
      silent: missing,
    }
  })
}
