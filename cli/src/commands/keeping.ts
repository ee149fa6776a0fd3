import { answer, table } from '../answers.ts'
import { type CommandSpec, UsageRefused } from '../command.ts'
import { ask, connect, connectionOptions } from '../connection.ts'
import { readInstant } from '../instants.ts'

export const due: CommandSpec = {
  name: 'due',
  positionals: [],
  options: { by: { type: 'string', required: true, help: 'a day or an instant' }, ...connectionOptions },
  summary: 'what falls due by a date, by rule; changes nothing',
  async run(given) {
    const { client, server } = connect(given)
    const forecast = await ask(client.keep.due({ by: readInstant(given.text('by'), '--by') }), server)
    const rows = forecast.items.map(item => [item.recording, item.rule, item.deleteAfter, item.anchorSource])
    answer(given.flag('json'), forecast, rows.length === 0 ? ['Nothing falls due by then.'] : table(rows))
    return 0
  },
}

export const run: CommandSpec = {
  name: 'run',
  positionals: ['nightly'],
  options: connectionOptions,
  summary: 'the nightly run, now',
  async run(given) {
    if (given.at(0) !== 'nightly') throw new UsageRefused(`there is one run, "nightly"; "${given.at(0)}" is none`)
    const { client, server } = connect(given)
    const report = await ask(client.keep.run({ what: 'nightly' }), server)
    const said = report.because === null ? [] : [report.because]
    answer(given.flag('json'), report, [
      `${report.deleted.length} deleted, ${report.unfinished.length} unfinished`,
      ...said,
    ])
    return report.state === 'done' ? 0 : 1
  },
}

export const clockSet: CommandSpec = {
  name: 'clock set',
  positionals: ['INSTANT'],
  options: connectionOptions,
  summary: 'sets the clock of a rehearsal installation',
  async run(given) {
    const { client, server } = connect(given)
    const set = await ask(client.clock.set({ instant: readInstant(given.at(0), 'INSTANT') }), server)
    answer(given.flag('json'), set, [`The installation's clock shows ${set.now}.`])
    return 0
  },
}
