import { answer } from '../answers.ts'
import { CaseEvent } from '@vidne/policies/retention'
import { type CommandSpec, UsageRefused } from '../command.ts'
import { ask, connect, connectionOptions } from '../connection.ts'

const reason = {
  type: 'string',
  required: true,
  help: 'why; a second person reads it, and it enters the history',
} as const

export const categorise: CommandSpec = {
  name: 'categorise',
  positionals: ['ID'],
  options: {
    rule: { type: 'string', required: true, help: "a retention rule of the agency's policy" },
    basis: { type: 'string', required: true, help: 'by what law or for which case; it enters the history' },
    case: { type: 'string', help: 'case number; some policies keep nothing without' },
    offence: { type: 'string', help: 'the offence; some policies keep nothing without' },
    ...connectionOptions,
  },
  summary: 'puts a recording under a retention rule too; the longest of its rules decides',
  async run(given) {
    const { client, server } = connect(given)
    const [number, offence] = [given.maybe('case'), given.maybe('offence')]
    const wish = {
      id: given.at(0),
      rule: given.text('rule'),
      basis: given.text('basis'),
      ...(number === undefined ? {} : { case: number }),
      ...(offence === undefined ? {} : { offence }),
    }
    const done = await ask(client.recordings.categorise(wish), server)
    const first = done.state === 'had-it' ? `It was under "${wish.rule}" already.` : `It is under "${wish.rule}" too.`
    answer(given.flag('json'), done, [`${first} Of its rules "${done.rule}" decides: ${end(done)}`])
    return 0
  },
}

function end({ deleteAfter, reviewAt }: { deleteAfter: string | null; reviewAt: string | null }): string {
  if (deleteAfter !== null) return `to be gone by ${deleteAfter}.`
  return reviewAt === null
    ? 'it stays until a person decides.'
    : `it stays until a person decides; to be looked at by ${reviewAt}.`
}

export const downgrade: CommandSpec = {
  name: 'downgrade',
  positionals: ['ID'],
  options: {
    rule: { type: 'string', required: true, help: 'the category to take away' },
    instead: { type: 'string', help: 'the one to put in its place' },
    reason,
    ...connectionOptions,
  },
  summary: 'asks for a category of a recording to be taken away; another person approves',
  async run(given) {
    const { client, server } = connect(given)
    const instead = given.maybe('instead')
    const wish = { id: given.at(0), rule: given.text('rule'), reason: given.text('reason') }
    const asked = await ask(
      client.recordings.downgrade({ ...wish, ...(instead === undefined ? {} : { instead }) }),
      server,
    )
    return waiting(asked, given.flag('json'))
  },
}

export const decide: CommandSpec = {
  name: 'decide',
  positionals: ['ID', 'delete|keep'],
  options: {
    reason,
    rule: { type: 'string', help: 'to keep: the rule that keeps it (default: evidence)' },
    case: { type: 'string', help: 'to keep: the case number' },
    offence: { type: 'string', help: 'to keep: the offence' },
    ...connectionOptions,
  },
  summary: 'where the policy asks people about a deletion: asks for it to go, or to be kept; another approves',
  async run(given) {
    const { client, server } = connect(given)
    const outcome = given.at(1)
    const wish = { id: given.at(0), reason: given.text('reason') }
    if (outcome === 'delete')
      return waiting(await ask(client.recordings.decide({ ...wish, outcome }), server), given.flag('json'))
    if (outcome !== 'keep') throw new UsageRefused(`"delete" or "keep"; "${outcome}" is neither`)
    const rule = given.maybe('rule')
    const kept = { case: given.text('case'), offence: given.text('offence'), ...(rule === undefined ? {} : { rule }) }
    return waiting(await ask(client.recordings.decide({ ...wish, outcome, ...kept }), server), given.flag('json'))
  },
}

export const caseNote: CommandSpec = {
  name: 'case',
  positionals: ['ID', CaseEvent.options.join('|')],
  options: {
    on: { type: 'string', required: true, help: 'the day on which it happened, YYYY-MM-DD' },
    case: { type: 'string', help: 'case number' },
    reason,
    ...connectionOptions,
  },
  summary: 'notes what happened in the case of a recording; a minimum that is counted from the case ends by it',
  async run(given) {
    const { client, server } = connect(given)
    const event = CaseEvent.safeParse(given.at(1))
    if (!event.success)
      throw new UsageRefused(`"${given.at(1)}" ends no case. There are: ${CaseEvent.options.join(', ')}.`)
    const number = given.maybe('case')
    const note = { id: given.at(0), event: event.data, on: given.text('on'), reason: given.text('reason') }
    const noted = await ask(
      client.recordings.noteCase({ ...note, ...(number === undefined ? {} : { case: number }) }),
      server,
    )
    answer(given.flag('json'), noted, [`Noted. Of its rules "${noted.rule}" decides: ${end(noted)}`])
    return 0
  },
}

export const deleteEarly: CommandSpec = {
  name: 'delete',
  positionals: ['ID'],
  options: { reason, ...connectionOptions },
  summary: 'asks for a recording to go before its time; another person approves',
  async run(given) {
    const { client, server } = connect(given)
    const asked = await ask(client.recordings.deleteEarly({ id: given.at(0), reason: given.text('reason') }), server)
    return waiting(asked, given.flag('json'))
  },
}

export const admit: CommandSpec = {
  name: 'admit',
  positionals: ['UPLOAD'],
  options: { reason, ...connectionOptions },
  summary: 'asks for a file that was deleted here, and came again, to be taken in; another person approves',
  async run(given) {
    const { client, server } = connect(given)
    const asked = await ask(client.dock.admit({ id: given.at(0), reason: given.text('reason') }), server)
    return waiting(asked, given.flag('json'))
  },
}

function waiting(asked: { state: string; approval: string; deadline: string }, json: boolean): number {
  const { state, approval, deadline } = asked
  console.log(JSON.stringify({ state, approval, deadline }))
  if (!json) console.error(`Another person confirms with: vidne approve ${approval}`)
  return 0
}
