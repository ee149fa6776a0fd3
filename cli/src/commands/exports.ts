import { setTimeout as pause } from 'node:timers/promises'
import { answer } from '../answers.ts'
import { type CommandSpec, type Given, UsageRefused } from '../command.ts'
import { type Connection, ask, connect, connectionOptions } from '../connection.ts'
import { type Output, discard, download, openOutput } from '../download.ts'

const out = { type: 'string', required: true, help: 'the file to write' } as const

export const exportRecording: CommandSpec = {
  name: 'export',
  positionals: ['ID'],
  options: {
    purpose: { type: 'string', required: true, help: 'what for; it enters the history of the recording' },
    case: { type: 'string', help: 'case number' },
    to: { type: 'string', help: 'who receives it, outside the agency' },
    out,
    wait: { type: 'boolean', help: 'wait for the next public checkpoint' },
    'no-wait': { type: 'boolean', help: 'do not wait for it; the package says so' },
    ...connectionOptions,
  },
  summary: 'writes a recording with its whole history as a package anyone can verify',
  async run(given) {
    if (given.flag('wait') && given.flag('no-wait'))
      throw new UsageRefused('--wait and --no-wait contradict each other')
    const connection = connect(given)
    return written(given, async out => {
      const asked = await ask(connection.client.exports.ask(wishes(given)), connection.server)
      return fetchWhenReady(connection, asked, given, out)
    })
  },
}

export const statement: CommandSpec = {
  name: 'statement',
  positionals: ['ID'],
  options: {
    out,
    names: { type: 'boolean', help: "with the names of the agency's own people; for the agency alone" },
    ...connectionOptions,
  },
  summary: 'writes the statement of a committed deletion; it names roles, and no person',
  async run(given) {
    const connection = connect(given)
    return written(given, async out => {
      const asked = await ask(
        connection.client.recordings.statement({ id: given.at(0), names: given.flag('names') }),
        connection.server,
      )
      return fetchWhenReady(connection, asked, given, out)
    })
  },
}

/** The file is opened before the server is asked: a wrong path must not use up a second person's agreement. */
async function written(given: Given, work: (out: Output) => Promise<number>): Promise<number> {
  const out = await openOutput(given.text('out'))
  try {
    return await work(out)
  } finally {
    await discard(out)
  }
}

type ExportState = Awaited<ReturnType<Connection['client']['exports']['find']>>

function wishes(given: Given) {
  const [caseNumber, to] = [given.maybe('case'), given.maybe('to')]
  return {
    id: given.at(0),
    purpose: given.text('purpose'),
    ...(caseNumber === undefined ? {} : { case: caseNumber }),
    ...(to === undefined ? {} : { to }),
    ...(given.flag('wait') ? { wait: true } : {}),
    ...(given.flag('no-wait') ? { wait: false } : {}),
  }
}

async function fetchWhenReady(connection: Connection, asked: ExportState, given: Given, out: Output): Promise<number> {
  const settled = await untilSealed(connection, asked)
  if (settled.state === 'waiting') {
    console.log(JSON.stringify({ state: settled.state, approval: settled.approval, deadline: settled.deadline }))
    if (!given.flag('json'))
      console.error(`Another person confirms with: vidne approve ${settled.approval}; then type this command again.`)
    return 0
  }
  if (settled.state !== 'ready') throw new Error('an export neither waits nor is ready')
  const { checkpoint, bytes } = settled
  const { file } = out
  await download(connection, { path: settled.download, bytes }, out)
  answer(given.flag('json'), { state: 'done', file, bytes, checkpoint }, [
    `${file} (${bytes} bytes). Check it with: vidne verify ${file} --trust FILE`,
    ...(checkpoint === 'private' ? ['It did not wait for the next public checkpoint.'] : []),
  ])
  return 0
}

async function untilSealed({ client, server }: Connection, asked: ExportState): Promise<ExportState> {
  let state = asked
  if (state.state === 'sealing')
    console.error(`Waiting for the next public checkpoint, due ${state.until} (--no-wait does not wait).`)
  while (state.state === 'sealing') {
    await pause(500)
    state = await ask(client.exports.find({ id: state.export }), server)
  }
  return state
}
