import type { TokenRow } from '@vidne/contract/people'
import { role } from '@vidne/contract/roles'
import { answer, table } from '../answers.ts'
import { type CommandSpec, UsageRefused } from '../command.ts'
import { ask, connect, connectionOptions } from '../connection.ts'
import { readDayOrInstant } from '../instants.ts'
import { demandNew, writeSecret } from '../text-file.ts'

export const tokenCreate: CommandSpec = {
  name: 'token create',
  positionals: [],
  options: {
    person: { type: 'string', required: true, help: 'the name of the person; made known if new' },
    role: { type: 'string', required: true, help: role.options.join(', ') },
    expires: {
      type: 'string',
      required: true,
      help: "a day, through which it is good in the agency's time zone, or an instant",
    },
    out: { type: 'string', help: 'a new file for the token, for --token @FILE, instead of showing it' },
    ...connectionOptions,
  },
  summary: 'makes a token for a person; it is shown once',
  async run(given) {
    const wanted = role.safeParse(given.text('role'))
    if (!wanted.success) throw new UsageRefused(`--role "${given.text('role')}" is none of ${role.options.join(', ')}`)
    const { client, server } = connect(given)
    const expires = readDayOrInstant(given.text('expires'), '--expires')
    const out = given.maybe('out')
    if (out !== undefined) demandNew(out, '--out')
    const made = await ask(client.tokens.create({ person: given.text('person'), role: wanted.data, expires }), server)
    const kept = out === undefined ? null : writeSecret(out, made.token)
    answer(given.flag('json'), made, [kept === null ? made.token : `${kept} is the token of ${given.text('person')}.`])
    return 0
  },
}

export const tokenList: CommandSpec = {
  name: 'token list',
  positionals: [],
  options: connectionOptions,
  summary: 'lists the tokens of the agency; without an administrator’s token, your own',
  async run(given) {
    const { client, server } = connect(given)
    const rows = await ask(client.tokens.list(), server)
    const head = ['token', 'begins', 'person', 'roles', 'issued by', 'expires', 'state']
    answer(given.flag('json'), rows, table([head, ...rows.map(cells)]))
    return 0
  },
}

function cells({ id, begins, person, roles, issuedBy, expires, state }: TokenRow): string[] {
  return [id, begins, person, roles.join(', '), issuedBy, expires ?? 'never', state]
}

export const tokenRevoke: CommandSpec = {
  name: 'token revoke',
  positionals: ['TOKEN'],
  options: connectionOptions,
  summary: 'refuses a token from now on; its id stands in the list',
  async run(given) {
    const { client, server } = connect(given)
    const done = await ask(client.tokens.revoke({ id: given.at(0) }), server)
    answer(given.flag('json'), done, [
      'Revoked: it is refused from now on. What was done with it stays in the history.',
    ])
    return 0
  },
}
