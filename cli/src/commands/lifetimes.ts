import { answer } from '../answers.ts'
import type { CommandSpec } from '../command.ts'
import { ask, connect, connectionOptions } from '../connection.ts'

export const categorise: CommandSpec = {
  name: 'categorise',
  positionals: ['ID'],
  options: {
    rule: { type: 'string', required: true, help: "a retention rule of the agency's policy" },
    basis: { type: 'string', required: true, help: 'by what law or for which case; it enters the history' },
    ...connectionOptions,
  },
  summary: 'puts a recording under a retention rule too; the longest of its rules decides',
  async run(given) {
    const { client, server } = connect(given)
    const wish = { id: given.at(0), rule: given.text('rule'), basis: given.text('basis') }
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

const reason = {
  type: 'string',
  required: true,
  help: 'why; a second person reads it, and it enters the history',
} as const

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
