import { answer, counted, table } from '../answers.ts'
import { type CommandSpec, type Given, UsageRefused } from '../command.ts'
import { ask, connect, connectionOptions } from '../connection.ts'
import { readDayOrInstant } from '../instants.ts'
import { readText } from '../text-file.ts'

const unit = { type: 'string', help: 'the name of a unit; without it the agency as a whole' } as const
const since = {
  type: 'string',
  help: 'when it comes into force, such as the beginning of a day; without it as soon as a second person confirms',
} as const
const draftOptions = { unit, since, ...connectionOptions }

export const policyShow: CommandSpec = {
  name: 'policy show',
  positionals: [],
  options: {
    unit,
    at: { type: 'string', help: 'the policy in force at an instant, or at the end of a day' },
    ...connectionOptions,
  },
  summary: 'shows the policy in force, with the flag and the source of each value',
  async run(given) {
    const { client, server } = connect(given)
    const at = given.maybe('at')
    const wish = { ...unitOf(given), ...(at === undefined ? {} : { at: readDayOrInstant(at, '--at') }) }
    const found = await ask(client.policy.show(wish), server)
    const { policy, ...about } = found
    const lines = [
      `${about.title} (${about.pack}), in force since ${about.since}`,
      `digest ${about.digest}`,
      acceptedLine(about),
      ...gateLines(about.gates),
      '',
      ...table(leavesOf(policy, '').map(({ path, value, flag, basis }) => [path, value, flag, basis])),
    ]
    answer(given.flag('json'), found, lines)
    return 0
  },
}

function acceptedLine({ accepted, acceptance }: { accepted: boolean; acceptance: 'wanted' | 'not-needed' }): string {
  if (accepted) return 'You have accepted it.'
  return acceptance === 'wanted'
    ? 'You have not accepted it: vidne policy accept'
    : 'It is the first version of the agency, which nobody has to accept.'
}

type Gate = { readonly text: string; readonly onlyWorkplace: boolean; readonly flag: string; readonly source: string }

/** What a camera on a wall has to show that starts on the day that was asked for. */
function gateLines(gates: readonly Gate[]): string[] {
  return gates.map(({ text, onlyWorkplace, flag, source }) => {
    const where = onlyWorkplace ? ' Only where people work at the place.' : ''
    return `${text}${where} (${[flag, source].filter(one => one !== '').join(': ')})`
  })
}

type Told = { path: string; value: string; flag: string; basis: string }

/** Each value of a policy, with where it stands. */
function leavesOf(value: unknown, path: string): Told[] {
  if (Array.isArray(value)) return value.flatMap(one => leavesOf(one, path))
  if (typeof value !== 'object' || value === null) return []
  const { v, f, s } = { v: undefined, f: undefined, s: undefined, ...value }
  if (v !== undefined && typeof f === 'string' && typeof s === 'string')
    return [{ path, value: typeof v === 'string' ? v : JSON.stringify(v), flag: f, basis: s }]
  return Object.entries(value).flatMap(([name, member]) => leavesOf(member, path === '' ? name : `${path}.${name}`))
}

export const policyVersions: CommandSpec = {
  name: 'policy versions',
  positionals: [],
  options: connectionOptions,
  summary: 'lists every version of the policy and of the units’ policies, oldest first',
  async run(given) {
    const { client, server } = connect(given)
    const rows = await ask(client.policy.versions(), server)
    const cells = rows.map(row => [row.since, row.unit ?? 'agency', row.pack, row.digest])
    answer(given.flag('json'), rows, table([['in force from', 'whose', 'pack', 'digest'], ...cells]))
    return 0
  },
}

export const policyDiff: CommandSpec = {
  name: 'policy diff',
  positionals: ['DRAFT'],
  options: draftOptions,
  summary: 'says in words what a draft (a JSON file of the values that change) would change; writes nothing',
  async run(given) {
    const { client, server } = connect(given)
    const found = await ask(client.policy.draft(draftOf(given)), server)
    answer(
      given.flag('json'),
      found,
      found.changes.map(({ text }) => text),
    )
    return 0
  },
}

export const policyReplay: CommandSpec = {
  name: 'policy replay',
  positionals: ['DRAFT'],
  options: {
    from: { type: 'string', required: true, help: 'the first day or instant' },
    to: { type: 'string', required: true, help: 'the last day, or the instant before which' },
    ...draftOptions,
  },
  summary: 'says what a draft would have decided about what has happened; writes nothing',
  async run(given) {
    const { client, server } = connect(given)
    const [from, to] = [readDayOrInstant(given.text('from'), '--from'), readDayOrInstant(given.text('to'), '--to')]
    const found = await ask(client.policy.replay({ ...draftOf(given), from, to }), server)
    const rows = found.changed.map(({ at, recording, differs, before, after }) => [
      at,
      recording ?? 'no recording',
      `${before.verdict} (${before.clause ?? 'no clause'})`,
      `${after.verdict} (${after.clause ?? 'no clause'})`,
      differs.join(', '),
    ])
    const sum = `${counted(found.situations, 'situation')} looked at, ${found.changed.length} decided otherwise.`
    answer(given.flag('json'), found, [
      ...table([['at', 'recording', 'in force', 'draft', 'differs in'], ...rows]),
      sum,
    ])
    return 0
  },
}

export const policyPublish: CommandSpec = {
  name: 'policy publish',
  positionals: ['DRAFT'],
  options: {
    reason: { type: 'string', required: true, help: 'why; a second person reads it, and it enters the history' },
    ...draftOptions,
  },
  summary: 'asks for a draft to be published as the next version; another person confirms',
  async run(given) {
    const { client, server } = connect(given)
    const asked = await ask(client.policy.publish({ ...draftOf(given), reason: given.text('reason') }), server)
    answer(given.flag('json'), asked, [
      `Another person confirms until ${asked.deadline}: vidne approve ${asked.approval}`,
      `It will have the digest ${asked.digest}, and nobody who has not accepted it may then look at footage.`,
    ])
    return 0
  },
}

export const policyAccept: CommandSpec = {
  name: 'policy accept',
  positionals: [],
  options: {
    digest: { type: 'string', help: 'the version you have read; without it the one in force' },
    ...connectionOptions,
  },
  summary: 'accepts a version of the policy, as everybody does who looks at footage',
  async run(given) {
    const { client, server } = connect(given)
    const digest = given.maybe('digest') ?? (await ask(client.policy.show({}), server)).digest
    const done = await ask(client.policy.accept({ digest }), server)
    answer(given.flag('json'), { ...done, digest }, [
      done.state === 'accepted' ? `Accepted: ${digest}` : `You had accepted it already: ${digest}`,
    ])
    return 0
  },
}

function unitOf(given: Given): { unit?: string } {
  const name = given.maybe('unit')
  return name === undefined ? {} : { unit: name }
}

function draftOf(given: Given) {
  const file = given.at(0)
  const begin = given.maybe('since')
  const text = readText(file, 'DRAFT')
  return {
    override: jsonOf(text, file),
    ...unitOf(given),
    ...(begin === undefined ? {} : { since: readDayOrInstant(begin, '--since') }),
  }
}

function jsonOf(text: string, file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch (cause) {
    throw new UsageRefused(`DRAFT ${file} is not JSON: ${cause instanceof Error ? cause.message : ''}`, { cause })
  }
  throw new UsageRefused(`DRAFT ${file} is not an object of the values that change`)
}
