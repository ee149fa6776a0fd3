import { answer } from '../answers.ts'
import { type CommandSpec, UsageRefused } from '../command.ts'
import type { StandingHold } from '@vidne/contract/holds'
import { holdKind } from '@vidne/contract/recordings'
import { ask, connect, connectionOptions } from '../connection.ts'

const reason = { type: 'string', required: true, help: 'why; it enters the history of the recording' } as const

export const hold: CommandSpec = {
  name: 'hold',
  positionals: ['ID'],
  options: {
    reason,
    kind: { type: 'string', help: `${holdKind.options.join(', ')} (default: case)` },
    review: { type: 'string', help: "day of review in the agency's time zone, YYYY-MM-DD (default: in 30 days)" },
    ...connectionOptions,
  },
  summary: 'stops the deletion of a recording at once',
  async run(given) {
    const { client, server } = connect(given)
    const [review, kind] = [given.maybe('review'), given.maybe('kind')]
    const held = await ask(
      client.recordings.hold({
        id: given.at(0),
        reason: given.text('reason'),
        ...(kind === undefined ? {} : { kind: readKind(kind) }),
        ...(review === undefined ? {} : { review }),
      }),
      server,
    )
    const duty =
      held.duty === null ? [] : [`The other party is to be told, and offered a copy, by ${held.duty}. See: vidne holds`]
    answer(given.flag('json'), held, [`On hold; to be reviewed by ${held.review}. Two persons lift it.`, ...duty])
    return 0
  },
}

function readKind(text: string) {
  const kind = holdKind.safeParse(text)
  if (kind.success) return kind.data
  throw new UsageRefused(`--kind: "${text}" is no kind of hold. There are: ${holdKind.options.join(', ')}.`)
}

export const holds: CommandSpec = {
  name: 'holds',
  positionals: [],
  options: { due: { type: 'boolean', help: 'only those that are overdue' }, ...connectionOptions },
  summary: 'lists the holds that stand, by when they are to be reviewed, and what a dispute obliges to',
  async run(given) {
    const { client, server } = connect(given)
    const all = await ask(client.holds.list(), server)
    const rows = given.flag('due') ? all.filter(one => one.overdue || one.duty?.overdue === true) : all
    answer(given.flag('json'), rows, rows.length === 0 ? ['No hold stands.'] : rows.flatMap(told))
    return 0
  },
}

function told({ duty, ...hold }: StandingHold): string[] {
  const when = hold.overdue ? `OVERDUE since ${hold.review}` : `by ${hold.review}`
  const facts: readonly (readonly [string, string | null])[] = [
    ['recording', hold.recording],
    ['placed by', `${hold.placedBy}, ${hold.placedAt}`],
    ['reason', hold.reason],
    ['to review', when],
    ['duty', duty === null ? null : dutyWords(duty)],
  ]
  const lines = facts.flatMap(([name, value]) => (value === null ? [] : [`  ${name.padEnd(13)}${value}`]))
  return [`${hold.hold}  ${hold.kind}`, ...lines]
}

function dutyWords(duty: NonNullable<StandingHold['duty']>): string {
  const open = [
    ...(duty.toldAt === null ? ['tell the other party'] : []),
    ...(duty.offeredAt === null ? ['offer a copy'] : []),
  ]
  if (open.length === 0) return 'the other party was told and offered a copy'
  return `${open.join(' and ')} by ${duty.due}${duty.overdue ? ' (OVERDUE)' : ''}`
}

export const holdsReview: CommandSpec = {
  name: 'holds review',
  positionals: ['HOLD'],
  options: {
    reason,
    review: { type: 'string', help: 'next day of review, YYYY-MM-DD (default: in 30 days)' },
    ...connectionOptions,
  },
  summary: 'says that a hold was looked at and is still needed',
  async run(given) {
    const { client, server } = connect(given)
    const review = given.maybe('review')
    const wish = { id: given.at(0), reason: given.text('reason'), ...(review === undefined ? {} : { review }) }
    const done = await ask(client.holds.review(wish), server)
    answer(given.flag('json'), done, [`It stands; to be reviewed by ${done.review}.`])
    return 0
  },
}

export const holdsDone: CommandSpec = {
  name: 'holds done',
  positionals: ['HOLD', 'told|offered-copy'],
  options: connectionOptions,
  summary: 'says that the other party of a dispute was told, or was offered a copy',
  async run(given) {
    const { client, server } = connect(given)
    const word = given.at(1)
    if (word !== 'told' && word !== 'offered-copy')
      throw new UsageRefused(`"told" or "offered-copy"; "${word}" is neither`)
    const { state } = await ask(client.holds.duty({ id: given.at(0), done: word }), server)
    const said = state === 'fulfilled' ? 'Noted; the duty is fulfilled.' : 'Noted; the other half is still open.'
    answer(given.flag('json'), { state }, [said])
    return 0
  },
}

export const release: CommandSpec = {
  name: 'release',
  positionals: ['ID'],
  options: { reason, ...connectionOptions },
  summary: 'asks for the holds on a recording to be lifted; another person approves',
  async run(given) {
    const { client, server } = connect(given)
    const asked = await ask(client.recordings.release({ id: given.at(0), reason: given.text('reason') }), server)
    console.log(JSON.stringify({ state: asked.state, approval: asked.approval, deadline: asked.deadline }))
    if (!given.flag('json')) console.error(`Another person confirms with: vidne approve ${asked.approval}`)
    return 0
  },
}
