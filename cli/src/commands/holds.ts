import { answer } from '../answers.ts'
import type { CommandSpec } from '../command.ts'
import { ask, connect, connectionOptions } from '../connection.ts'

const reason = { type: 'string', required: true, help: 'why; it enters the history of the recording' } as const

export const hold: CommandSpec = {
  name: 'hold',
  positionals: ['ID'],
  options: {
    reason,
    review: { type: 'string', help: "day of review in the agency's time zone, YYYY-MM-DD (default: in 30 days)" },
    ...connectionOptions,
  },
  summary: 'stops the deletion of a recording at once',
  async run(given) {
    const { client, server } = connect(given)
    const review = given.maybe('review')
    const held = await ask(
      client.recordings.hold({
        id: given.at(0),
        reason: given.text('reason'),
        ...(review === undefined ? {} : { review }),
      }),
      server,
    )
    answer(given.flag('json'), held, [`On hold; to be reviewed by ${held.review}. Two persons lift it.`])
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
