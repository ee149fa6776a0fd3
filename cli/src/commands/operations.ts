import type { OperationRow, ReviewRow } from '@vidne/contract/record'
import { answer, counted, table } from '../answers.ts'
import { type CommandSpec, UsageRefused } from '../command.ts'
import { ask, connect, connectionOptions } from '../connection.ts'
import { readDayOrInstant } from '../instants.ts'

export const operationCreate: CommandSpec = {
  name: 'operation create',
  positionals: ['PARTICIPANT'],
  variadic: true,
  options: {
    title: { type: 'string', required: true, help: 'what people call it' },
    task: { type: 'string', required: true, help: 'a task type of the policy; see: vidne operation tasks' },
    from: { type: 'string', required: true, help: 'an instant, such as 2027-01-31T18:00:00+01:00, or the first day' },
    until: { type: 'string', required: true, help: 'an instant, or the last day' },
    'ordered-by': { type: 'string', required: true, help: 'who ordered it' },
    unit: { type: 'string', help: 'the unit that it belongs to' },
    ...connectionOptions,
  },
  summary: 'an operation; each PARTICIPANT is a wearer as cameras know them, or camera:ID',
  async run(given) {
    const { client, server } = connect(given)
    const made = await ask(
      client.operations.order({
        title: given.text('title'),
        task: given.text('task'),
        from: readDayOrInstant(given.text('from'), '--from'),
        until: readDayOrInstant(given.text('until'), '--until'),
        orderedBy: given.text('ordered-by'),
        unit: given.maybe('unit') ?? null,
        participants: given.rest(0).map(participant),
      }),
      server,
    )
    answer(given.flag('json'), made, [`${made.id}  ${made.task} ${SAYS[made.verdict]}${because(made.clause)}.`])
    return 0
  },
}

const CAMERA = 'camera:'

/** @throws UsageRefused for one without a name */
function participant(word: string): { wearer: string | null; camera: string | null } {
  const camera = word.startsWith(CAMERA) ? word.slice(CAMERA.length).trim() : null
  if (word.trim() === '' || camera === '') throw new UsageRefused(`"${word}" names neither a wearer nor a camera`)
  return camera === null ? { wearer: word.trim(), camera: null } : { wearer: null, camera }
}

const SAYS: Readonly<Record<OperationRow['verdict'], string>> = {
  must: 'must be recorded',
  may: 'may be recorded',
  'must-not': 'must not be recorded',
  'must-stop': 'must be stopped',
}

function because(clause: OperationRow['clause']): string {
  return clause === null ? '' : `, by ${clause.field}: ${clause.value} (${clause.flag})`
}

export const operationList: CommandSpec = {
  name: 'operation list',
  positionals: [],
  options: {
    from: { type: 'string', required: true, help: 'a day or an instant' },
    until: { type: 'string', required: true, help: 'a day or an instant' },
    ...connectionOptions,
  },
  summary: 'operations that touch a period, newest first',
  async run(given) {
    const { client, server } = connect(given)
    const period = {
      from: readDayOrInstant(given.text('from'), '--from'),
      until: readDayOrInstant(given.text('until'), '--until'),
    }
    const rows = await ask(client.operations.list(period), server)
    const head = ['operation', 'from', 'until', 'task', 'verdict', 'recorded', 'title']
    const lines = table([head, ...rows.map(operationCells)])
    answer(given.flag('json'), rows, rows.length === 0 ? ['No operation touches this period.'] : lines)
    return 0
  },
}

function operationCells({ id, from, until, task, verdict, participants, title }: OperationRow): string[] {
  const covered = participants.filter(({ recording }) => recording !== null).length
  return [id, from, until, task, verdict, `${covered} of ${participants.length}`, title ?? '(ended)']
}

export const operationTasks: CommandSpec = {
  name: 'operation tasks',
  positionals: [],
  options: connectionOptions,
  summary: 'the task types of the policy in force, and what it says of each',
  async run(given) {
    const { client, server } = connect(given)
    const types = await ask(client.operations.tasks(), server)
    answer(given.flag('json'), types, table(types.map(one => [one.task, `${SAYS[one.verdict]}${because(one.clause)}`])))
    return 0
  },
}

export const reviews: CommandSpec = {
  name: 'reviews',
  positionals: [],
  options: {
    all: { type: 'boolean', help: 'closed ones too' },
    ...connectionOptions,
  },
  summary: 'what a supervisor has to look at, newest first',
  async run(given) {
    const { client, server } = connect(given)
    const rows = await ask(client.reviews.list({ state: given.flag('all') ? 'all' : 'open' }), server)
    answer(given.flag('json'), rows, rows.length === 0 ? ['Nothing waits to be looked at.'] : rows.flatMap(reviewLines))
    return 0
  },
}

function reviewLines(review: ReviewRow): string[] {
  const { id, kind, wearer, camera, since, recording, operation, reason, closedBecause, closedBy } = review
  const whose = [wearer, camera === null ? null : `camera ${camera}`].filter(one => one !== null).join(', ')
  const about = recording === null ? (operation === null ? '' : `operation ${operation}`) : `recording ${recording}`
  return [
    `${id}  ${KINDS[kind]}`,
    `  ${[since, whose, about].filter(one => one !== '').join('; ')}`,
    ...(reason === null ? [] : [`  said: ${reason}`]),
    ...(closedBecause === null ? [] : [`  closed by ${closedBy ?? 'somebody'}: ${closedBecause}`]),
  ]
}

const KINDS: Readonly<Record<ReviewRow['kind'], string>> = {
  'missing-recording': 'What had to be recorded has no recording.',
  'no-notice': 'Nobody says that people were told of the recording.',
  override: 'Somebody decided otherwise than the policy.',
  'stage-skipped': 'A stage was skipped.',
  'late-stop': 'The recording was stopped late.',
  'no-policy': 'No policy was in force.',
  'no-legal-basis': 'The legal basis was not valid.',
  forbidden: 'What must not be recorded was recorded.',
  'to-be-explained': 'The policy wants somebody to look at it.',
  'late-reason': 'A reason came late, or not at all.',
}

export const reviewClose: CommandSpec = {
  name: 'review close',
  positionals: ['ID'],
  variadic: true,
  options: {
    reason: { type: 'string', required: true, help: 'what was found; it stands beside the review' },
    ...connectionOptions,
  },
  summary: 'closes reviews with a reason; never one about yourself',
  async run(given) {
    const { client, server } = connect(given)
    const closed: string[] = []
    try {
      for (const id of given.rest(0)) {
        await ask(client.reviews.close({ id, reason: given.text('reason') }), server)
        closed.push(id)
      }
    } catch (error) {
      if (closed.length > 0) console.error(`Closed before that: ${closed.join(' ')}`)
      throw error
    }
    answer(given.flag('json'), { closed }, [`${counted(closed.length, 'review')} closed.`])
    return 0
  },
}
