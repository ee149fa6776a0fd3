import { role } from '@vidne/contract/roles'
import { answer } from '../answers.ts'
import { type CommandSpec, UsageRefused } from '../command.ts'
import { ask, connect, connectionOptions } from '../connection.ts'
import { readInstant } from '../instants.ts'

export const tokenCreate: CommandSpec = {
  name: 'token create',
  positionals: [],
  options: {
    person: { type: 'string', required: true, help: 'the name of the person; made known if new' },
    role: { type: 'string', required: true, help: role.options.join(', ') },
    expires: { type: 'string', required: true, help: 'a day or an instant' },
    ...connectionOptions,
  },
  summary: 'makes a token for a person; it is shown once',
  async run(given) {
    const wanted = role.safeParse(given.text('role'))
    if (!wanted.success) throw new UsageRefused(`--role "${given.text('role')}" is none of ${role.options.join(', ')}`)
    const { client, server } = connect(given)
    const expires = readInstant(given.text('expires'), '--expires')
    const made = await ask(client.tokens.create({ person: given.text('person'), role: wanted.data, expires }), server)
    answer(given.flag('json'), made, [made.token])
    return 0
  },
}
