import { recordKind } from '@vidne/contract/records'
import { answer, table } from '../answers.ts'
import { type CommandSpec, UsageRefused } from '../command.ts'
import { ask, connect, connectionOptions } from '../connection.ts'

const kind = { type: 'string', required: true, help: recordKind.options.join(', ') } as const

function readKind(text: string) {
  const read = recordKind.safeParse(text)
  if (read.success) return read.data
  throw new UsageRefused(`--kind: "${text}" is no kind of record. There are: ${recordKind.options.join(', ')}.`)
}

export const records: CommandSpec = {
  name: 'records',
  positionals: [],
  options: connectionOptions,
  summary: 'lists records beside the footage that must be kept, and until when',
  async run(given) {
    const { client, server } = connect(given)
    const all = await ask(client.records.list(), server)
    const rows = all.map(one => [one.record, one.kind, one.ref ?? '', standing(one)])
    answer(given.flag('json'), all, rows.length === 0 ? ['There are no records.'] : table(rows))
    return 0
  },
}

function standing({ deletedAt, keptUntil }: { deletedAt: string | null; keptUntil: string | null }): string {
  if (deletedAt !== null) return `deleted ${deletedAt}`
  return keptUntil === null ? 'kept: the monitoring goes on' : `kept until ${keptUntil}`
}

export const recordsEnter: CommandSpec = {
  name: 'records enter',
  positionals: [],
  options: {
    kind,
    ref: { type: 'string', required: true, help: 'where it is filed' },
    about: { type: 'string', required: true, help: 'what it is about' },
    ...connectionOptions,
  },
  summary: 'enters a record that must be kept',
  async run(given) {
    const { client, server } = connect(given)
    const wish = { kind: readKind(given.text('kind')), ref: given.text('ref'), about: given.text('about') }
    const done = await ask(client.records.enter(wish), server)
    answer(given.flag('json'), done, [`Entered as ${done.record}.`])
    return 0
  },
}

export const recordsEnded: CommandSpec = {
  name: 'records ended',
  positionals: ['RECORD'],
  options: { on: { type: 'string', required: true, help: 'day, YYYY-MM-DD' }, ...connectionOptions },
  summary: 'says when the monitoring ended that a record is about; its minimum is counted from then',
  async run(given) {
    const { client, server } = connect(given)
    const done = await ask(client.records.endMonitoring({ id: given.at(0), on: given.text('on') }), server)
    answer(given.flag('json'), done, [`Noted. To be kept until ${done.keptUntil}.`])
    return 0
  },
}

export const recordsDecision: CommandSpec = {
  name: 'records decision',
  positionals: [],
  options: {
    kind,
    authority: { type: 'string', required: true, help: 'who decided' },
    date: { type: 'string', required: true, help: 'day of the decision, YYYY-MM-DD' },
    reference: { type: 'string', required: true, help: 'its reference' },
    ...connectionOptions,
  },
  summary: 'enters a documented decision to let records of a kind go (Swedish: gallring)',
  async run(given) {
    const { client, server } = connect(given)
    const wish = {
      kind: readKind(given.text('kind')),
      authority: given.text('authority'),
      date: given.text('date'),
      reference: given.text('reference'),
    }
    const done = await ask(client.records.decideDisposal(wish), server)
    answer(given.flag('json'), done, [`Entered as ${done.disposal}.`])
    return 0
  },
}

export const recordsDelete: CommandSpec = {
  name: 'records delete',
  positionals: ['RECORD'],
  options: {
    decision: { type: 'string', required: true, help: 'the decision that lets it go' },
    ...connectionOptions,
  },
  summary: 'deletes a record whose minimum is over, under a decision',
  async run(given) {
    const { client, server } = connect(given)
    const done = await ask(client.records.delete({ id: given.at(0), disposal: given.text('decision') }), server)
    answer(given.flag('json'), done, ['Deleted. What is left says that it was there, and why it went.'])
    return 0
  },
}
