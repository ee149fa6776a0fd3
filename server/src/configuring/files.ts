import { canonicalize } from '@vidne/evidence/jcs'
import { PolicyPack } from '@vidne/policies/pack'
import * as z from 'zod'
import { isRole, nameKey, type Role } from '../people/people.ts'
import { unitPolicyFile } from './file-names.ts'

/** An agency's configuration. Units are known by name; `null` is the agency as a whole. Times in epoch milliseconds. */
export type Configuration = {
  readonly agency: { readonly name: string; readonly zone: string; readonly pack: string }
  readonly units: readonly UnitEntry[]
  readonly people: readonly PersonEntry[]
  readonly cameras: readonly { readonly camera: string; readonly unit: string }[]
  readonly trainings: readonly TrainingEntry[]
  readonly policy: PolicyPack
}

/** `policy`: the unit's own, null where it lives under the agency's. */
export type UnitEntry = { readonly name: string; readonly policy: PolicyPack | null }

export type PersonEntry = {
  readonly name: string
  readonly machine: boolean
  readonly unit: string | null
  readonly roles: readonly Role[]
}

export type TrainingEntry = { readonly person: string; readonly course: string; readonly completedAt: number }

/** What is in each file, by its path. */
export type Files = Readonly<Record<string, unknown>>

/** Why files are no configuration. `path` is the place in the file, '' for the whole of it. */
export type FilesRefusal =
  | { readonly because: 'odd-file'; readonly file: string; readonly path: string; readonly detail: string }
  | { readonly because: 'unknown-role'; readonly file: string; readonly path: string; readonly role: string }

/** Thrown inside this room where a file cannot be used; `readFiles` gives it back as a value. */
class OddFile extends Error {
  readonly refusal: FilesRefusal
  constructor(refusal: FilesRefusal) {
    super(refusal.because)
    this.refusal = refusal
  }
}

const POLICY = 'policy/agency.json'

const name = z.string().trim().min(1).max(200)

const shapes = {
  'agency.json': z.strictObject({ v: z.literal(1), name, zone: name, pack: name }),
  'units.json': z.array(z.strictObject({ name, policy: z.string().nullable() })),
  'people.json': z.array(
    z.strictObject({ name, machine: z.boolean(), unit: name.nullable(), roles: z.array(z.string()) }),
  ),
  'cameras.json': z.array(z.strictObject({ camera: name, unit: name })),
  'trainings.json': z.array(z.strictObject({ person: name, course: name, completedAt: z.iso.datetime() })),
}

/** The files of a configuration. The same configuration gives the same files. */
export function filesOf(configuration: Configuration): Files {
  const { agency, units, people, cameras, trainings, policy } = configuration
  const own = units.flatMap(unit => (unit.policy === null ? [] : [[unitPolicyFile(unit.name), unit.policy] as const]))
  return {
    'agency.json': { v: 1, ...agency },
    'units.json': units.map(unit => ({
      name: unit.name,
      policy: unit.policy === null ? null : unitPolicyFile(unit.name),
    })),
    'people.json': people,
    'cameras.json': cameras,
    'trainings.json': trainings.map(one => ({ ...one, completedAt: new Date(one.completedAt).toISOString() })),
    [POLICY]: policy,
    ...Object.fromEntries(own),
  }
}

/** Reads files back. Refused, by file and place, where one is missing, too many, or does not say what it should. */
export function readFiles(files: Files): Configuration | FilesRefusal {
  try {
    return configurationIn(files)
  } catch (error) {
    if (error instanceof OddFile) return error.refusal
    throw error
  }
}

function configurationIn(files: Files): Configuration {
  const { v: _version, ...agency } = read(files, 'agency.json', shapes['agency.json'])
  const listed = read(files, 'units.json', shapes['units.json'])
  const units = listed.map((unit, at) => {
    if (unit.policy === null) return { name: unit.name, policy: null }
    if (unit.policy !== unitPolicyFile(unit.name))
      odd('units.json', `${at}.policy`, `the policy of this unit stands in ${unitPolicyFile(unit.name)}`)
    return { name: unit.name, policy: read(files, unit.policy, PolicyPack) }
  })
  const people = read(files, 'people.json', shapes['people.json']).map((person, at) => ({
    ...person,
    roles: person.roles.map((role, which) => knownRole(role, `${at}.roles.${which}`)),
  }))
  const cameras = read(files, 'cameras.json', shapes['cameras.json'])
  const trainings = read(files, 'trainings.json', shapes['trainings.json']).map(one => ({
    ...one,
    completedAt: Date.parse(one.completedAt),
  }))
  const configuration = { agency, units, people, cameras, trainings, policy: read(files, POLICY, PolicyPack) }
  refuseWhatDoesNotFit(configuration)
  const known = new Set<string>([...Object.keys(shapes), POLICY, ...listed.flatMap(({ policy }) => policy ?? [])])
  for (const file of Object.keys(files)) if (!known.has(file)) odd(file, '', 'no other file speaks of it')
  return configuration
}

function read<T>(files: Files, file: string, shape: z.ZodType<T>): T {
  if (!Object.hasOwn(files, file)) odd(file, '', 'is missing')
  const found = shape.safeParse(files[file])
  if (found.success) return found.data
  const [issue] = found.error.issues
  return odd(file, issue?.path.join('.') ?? '', issue?.message ?? 'cannot be used')
}

function odd(file: string, path: string, detail: string): never {
  throw new OddFile({ because: 'odd-file', file, path, detail })
}

function knownRole(role: string, path: string): Role {
  if (isRole(role)) return role
  throw new OddFile({ because: 'unknown-role', file: 'people.json', path, role })
}

/** What is named in one file and stands in another, and what may stand there once. */
function refuseWhatDoesNotFit({ units, people, cameras, trainings }: Configuration): void {
  const unitNames = once(
    'units.json',
    'name',
    units.map(unit => nameKey(unit.name)),
  )
  once(
    'people.json',
    'name',
    people.map(person => nameKey(person.name)),
  )
  once(
    'cameras.json',
    'camera',
    cameras.map(({ camera }) => camera),
  )
  once('trainings.json', '', trainings.map(trainingKey))
  const inUnit = (file: string, at: number, unit: string | null) => {
    if (unit !== null && !unitNames.has(nameKey(unit))) odd(file, `${at}.unit`, `${unit} does not stand in units.json`)
  }
  people.forEach(({ unit, machine, roles }, at) => {
    inUnit('people.json', at, unit)
    // What a machine does must not count as a person's act, nor the other way round.
    if (roles.some(role => (role === 'dock') !== machine))
      odd('people.json', `${at}.roles`, 'a machine has the role dock alone, and a person never has it')
  })
  cameras.forEach(({ unit }, at) => inUnit('cameras.json', at, unit))
  const trained = new Set(people.filter(({ machine }) => !machine).map(person => nameKey(person.name)))
  trainings.forEach(({ person }, at) => {
    if (!trained.has(nameKey(person)))
      odd('trainings.json', `${at}.person`, `${person} does not stand in people.json as a person`)
  })
}

/** The names as a set; refused where one comes twice, for two that fold to the same would be one thing. */
function once(file: string, path: string, names: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>()
  names.forEach((one, at) => {
    if (seen.has(one)) odd(file, path === '' ? String(at) : `${at}.${path}`, 'stands here twice')
    seen.add(one)
  })
  return seen
}

/** Under which a training is one entry of the register. */
export function trainingKey({ person, course, completedAt }: TrainingEntry): string {
  return canonicalize([nameKey(person), course, completedAt])
}
