import { role } from '@vidne/contract/roles'
import { answer, table } from '../answers.ts'
import { type CommandSpec, type Given, UsageRefused } from '../command.ts'
import { ask, connect, connectionOptions } from '../connection.ts'
import { discard, download, openOutput } from '../download.ts'
import { readDayOrInstant } from '../instants.ts'

/** A view that was cut is a new view: another event, and where the policy asks for one another agreement. */
const AGAIN = 'Nothing was kept here. Type the same command again; it is a view of its own.'

export const view: CommandSpec = {
  name: 'view',
  positionals: ['ID'],
  options: {
    purpose: { type: 'string', required: true, help: "what for: one of the purposes of your agency's policy" },
    case: { type: 'string', help: 'case number' },
    'own-report': { type: 'boolean', help: 'your own account of what happened is written' },
    out: { type: 'string', required: true, help: 'the file to write' },
    ...connectionOptions,
  },
  summary: 'looks at a recording: writes its footage to a file; who looked and what for enters its history',
  async run(given) {
    const connection = connect(given)
    const out = await openOutput(given.text('out'), AGAIN)
    try {
      const opened = await ask(connection.client.recordings.view(wishOf(given)), connection.server)
      if (opened.state === 'waiting') {
        console.log(JSON.stringify(opened))
        if (!given.flag('json'))
          console.error(`Another person confirms with: vidne approve ${opened.approval}; then type this command again.`)
        return 0
      }
      const { media, bytes, until, view: id } = opened
      await download(connection, { path: media, bytes }, out)
      const said = { state: 'done', file: out.file, bytes, view: id, until }
      answer(given.flag('json'), said, [
        `${out.file} (${bytes} bytes). It is footage in plain: delete it when you have looked.`,
      ])
      return 0
    } finally {
      await discard(out)
    }
  },
}

function wishOf(given: Given) {
  const caseNumber = given.maybe('case')
  return {
    id: given.at(0),
    purpose: given.text('purpose'),
    ...(caseNumber === undefined ? {} : { case: caseNumber }),
    ...(given.flag('own-report') ? { ownReport: true } : {}),
  }
}

const reason = { type: 'string', required: true, help: 'why, such as the case; it enters the history' } as const

export const grant: CommandSpec = {
  name: 'grant',
  positionals: ['ID'],
  options: {
    to: { type: 'string', help: 'a person by name' },
    role: { type: 'string', help: 'whoever holds the role' },
    until: { type: 'string', required: true, help: 'the last day, or an instant' },
    reason,
    ...connectionOptions,
  },
  summary: 'lets a person, or whoever holds a role, see a recording for a time',
  async run(given) {
    const { client, server } = connect(given)
    const wish = {
      id: given.at(0),
      until: readDayOrInstant(given.text('until'), '--until'),
      reason: given.text('reason'),
      ...whom(given),
    }
    const { grant: made, until } = await ask(client.recordings.grant(wish), server)
    answer(given.flag('json'), { grant: made, until }, [
      `Granted until ${until}. Take it back with: vidne revoke ${given.at(0)} ${made} --reason TEXT`,
    ])
    return 0
  },
}

function whom(given: Given) {
  const [person, named] = [given.maybe('to'), given.maybe('role')]
  if ((person === undefined) === (named === undefined)) throw new UsageRefused('give --to NAME or --role ROLE')
  if (person !== undefined) return { person }
  const known = role.safeParse(named)
  if (!known.success) throw new UsageRefused(`--role "${named}" is none of: ${role.options.join(', ')}`)
  return { role: known.data }
}

export const grants: CommandSpec = {
  name: 'grants',
  positionals: ['ID'],
  options: connectionOptions,
  summary: 'lists who was let to see a recording beyond their role',
  async run(given) {
    const { client, server } = connect(given)
    const rows = await ask(client.recordings.grants({ id: given.at(0) }), server)
    const cells = rows.map(row => [row.id, row.person ?? row.role ?? '', row.kind, row.until, row.reason])
    const lines =
      rows.length === 0 ? ['No grants stand.'] : table([['grant', 'to', 'from', 'until', 'reason'], ...cells])
    answer(given.flag('json'), rows, lines)
    return 0
  },
}

export const revoke: CommandSpec = {
  name: 'revoke',
  positionals: ['ID', 'GRANT'],
  options: { reason, ...connectionOptions },
  summary: 'ends a grant at once',
  async run(given) {
    const { client, server } = connect(given)
    const wish = { id: given.at(0), grant: given.at(1), reason: given.text('reason') }
    answer(given.flag('json'), await ask(client.recordings.revokeGrant(wish), server), ['Taken back from now on.'])
    return 0
  },
}
