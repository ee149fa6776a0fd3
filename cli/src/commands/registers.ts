import { answer, table } from '../answers.ts'
import { type CommandSpec, UsageRefused } from '../command.ts'
import { ask, connect, connectionOptions } from '../connection.ts'
import { readDayOrInstant } from '../instants.ts'

export const unitCreate: CommandSpec = {
  name: 'unit create',
  positionals: ['NAME'],
  options: connectionOptions,
  summary: 'makes a unit of the agency, which can have stricter rules of its own',
  async run(given) {
    const { client, server } = connect(given)
    const made = await ask(client.units.make({ name: given.at(0) }), server)
    answer(given.flag('json'), made, [`${made.name} is a unit: ${made.id}`])
    return 0
  },
}

export const unitList: CommandSpec = {
  name: 'unit list',
  positionals: [],
  options: connectionOptions,
  summary: 'lists the units of the agency',
  async run(given) {
    const { client, server } = connect(given)
    const rows = await ask(client.units.list(), server)
    const lines = rows.length === 0 ? ['The agency has no units.'] : table(rows.map(({ id, name }) => [id, name]))
    answer(given.flag('json'), rows, lines)
    return 0
  },
}

export const unitAssign: CommandSpec = {
  name: 'unit assign',
  positionals: [],
  options: {
    person: { type: 'string', help: 'the name of a person' },
    camera: { type: 'string', help: 'the id of a camera' },
    unit: { type: 'string', help: 'the name of the unit; without it the agency as a whole' },
    ...connectionOptions,
  },
  summary: 'puts a person or a camera into a unit, or out of any',
  async run(given) {
    const [person, camera, unit] = [given.maybe('person'), given.maybe('camera'), given.maybe('unit') ?? null]
    if ((person === undefined) === (camera === undefined)) throw new UsageRefused('name either --person or --camera')
    const { client, server } = connect(given)
    const wish = person === undefined ? { camera: camera ?? '', unit } : { person, unit }
    const done = await ask(client.units.assign(wish), server)
    answer(given.flag('json'), done, [
      `${person ?? camera} belongs to ${unit ?? 'the agency as a whole'} from now on. What was recorded before stays with the unit it was recorded in.`,
    ])
    return 0
  },
}

export const trainingRecord: CommandSpec = {
  name: 'training record',
  positionals: [],
  options: {
    person: { type: 'string', required: true, help: 'the name of the person' },
    course: { type: 'string', required: true, help: 'what was completed' },
    completed: { type: 'string', required: true, help: 'a day or an instant' },
    ...connectionOptions,
  },
  summary: 'writes a completed training into the register; the policy says which rights hang on it',
  async run(given) {
    const { client, server } = connect(given)
    const completedAt = readDayOrInstant(given.text('completed'), '--completed')
    const wish = { person: given.text('person'), course: given.text('course'), completedAt }
    const done = await ask(client.trainings.record(wish), server)
    answer(given.flag('json'), done, [`Recorded: ${done.person}, ${done.course}, ${done.completedAt}`])
    return 0
  },
}

export const trainingList: CommandSpec = {
  name: 'training list',
  positionals: [],
  options: connectionOptions,
  summary: 'lists the training register, newest first',
  async run(given) {
    const { client, server } = connect(given)
    const rows = await ask(client.trainings.list(), server)
    const cells = rows.map(row => [row.id, row.person, row.course, row.completedAt, row.revoked ? 'struck out' : ''])
    answer(given.flag('json'), rows, rows.length === 0 ? ['The register is empty.'] : table(cells))
    return 0
  },
}

export const trainingRevoke: CommandSpec = {
  name: 'training revoke',
  positionals: ['TRAINING'],
  options: connectionOptions,
  summary: 'strikes a training out of the register; the entry stays readable',
  async run(given) {
    const { client, server } = connect(given)
    const done = await ask(client.trainings.revoke({ id: given.at(0) }), server)
    answer(given.flag('json'), done, ['Struck out: no right hangs on it any more.'])
    return 0
  },
}

export const delegate: CommandSpec = {
  name: 'delegate',
  positionals: [],
  options: {
    to: { type: 'string', required: true, help: 'the name of the person who confirms in your place' },
    until: { type: 'string', required: true, help: 'a day or an instant' },
    ...connectionOptions,
  },
  summary: 'lets another person confirm in your place until a moment; never what you asked for yourself',
  async run(given) {
    const { client, server } = connect(given)
    const until = readDayOrInstant(given.text('until'), '--until')
    const done = await ask(client.delegations.delegate({ to: given.text('to'), until }), server)
    answer(given.flag('json'), done, [
      `${given.text('to')} confirms in your place until ${done.until}. End it before: vidne delegation end ${done.id}`,
    ])
    return 0
  },
}

export const delegationList: CommandSpec = {
  name: 'delegation list',
  positionals: [],
  options: connectionOptions,
  summary: 'lists who may confirm in whose place',
  async run(given) {
    const { client, server } = connect(given)
    const rows = await ask(client.delegations.list(), server)
    const cells = rows.map(row => [row.id, `${row.delegate} for ${row.principal}`, row.until, row.ended ? 'ended' : ''])
    answer(given.flag('json'), rows, rows.length === 0 ? ['Nobody confirms for another.'] : table(cells))
    return 0
  },
}

export const delegationEnd: CommandSpec = {
  name: 'delegation end',
  positionals: ['DELEGATION'],
  options: connectionOptions,
  summary: 'ends one of your delegations before its time',
  async run(given) {
    const { client, server } = connect(given)
    const done = await ask(client.delegations.end({ id: given.at(0) }), server)
    answer(given.flag('json'), done, ['Ended: it counts no more from now on.'])
    return 0
  },
}
