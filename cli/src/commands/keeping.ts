import { answer, table } from '../answers.ts'
import type { BlockedBecause, SweepCode } from '@vidne/contract/keep'
import { type CommandSpec, type Given, UsageRefused } from '../command.ts'
import { ask, connect, connectionOptions } from '../connection.ts'
import { readDayOrInstant, readInstant } from '../instants.ts'

export const due: CommandSpec = {
  name: 'due',
  positionals: [],
  options: {
    by: { type: 'string', required: true, help: "a day of the agency's time zone, to its end, or an instant" },
    ...connectionOptions,
  },
  summary: 'what falls due by a date, by rule, and what is in its way; changes nothing',
  async run(given) {
    const { client, server } = connect(given)
    const forecast = await ask(client.keep.due({ by: readDayOrInstant(given.text('by'), '--by') }), server)
    const rows = forecast.items.map(item => [item.recording, item.rule, item.deleteAfter, item.anchorSource])
    const blocked = forecast.blocked.map(item => [item.recording, item.rule, BLOCKED[item.because](item.until)])
    answer(given.flag('json'), forecast, [
      ...(rows.length === 0 ? ['Nothing falls due by then.'] : table(rows)),
      ...(forecast.stop === null ? [] : ['', `Nothing goes just now: ${forecast.stop.sentence}`]),
      ...(blocked.length === 0 ? [] : ['', 'In the way:', ...table(blocked)]),
    ])
    return 0
  },
}

const BLOCKED: Readonly<Record<BlockedBecause, (until: string | null) => string>> = {
  held: until => `on hold, to be reviewed by ${until}`,
  'under-review': until => `stays until a person decides, to be looked at by ${until}`,
  'decision-awaited': until => `wearer and superior may decide; without that it goes by ${until}`,
  brake: () => 'held back by the brake until two persons let it through (vidne approvals)',
  unfinished: () => 'its key is destroyed, and what is left of it could not be removed yet; each run tries again',
  clock: () => 'held back until the clock is right, or two persons confirm it (vidne approvals)',
}

export const run: CommandSpec = {
  name: 'run',
  positionals: ['nightly|sweep'],
  options: connectionOptions,
  summary: 'the nightly run, now; or a sweep, which compares what lies there with what is known, and only reports',
  async run(given) {
    const what = given.at(0)
    if (what === 'sweep') return sweep(given)
    if (what !== 'nightly') throw new UsageRefused(`there are two runs, "nightly" and "sweep"; "${what}" is none`)
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

async function sweep(given: Given): Promise<number> {
  const { client, server } = connect(given)
  const { state, counts, findings } = await ask(client.keep.sweep(), server)
  const said = findings.map(one => ({ ...one, text: SWEPT[one.code] }))
  const lines = counts.flatMap(({ code, items }) => [
    `${items}  ${SWEPT[code]}`,
    ...findings.filter(one => one.code === code).map(({ name }) => `  ${name}`),
  ])
  const sound = 'Objects, database, vault and log fit together.'
  answer(given.flag('json'), { state, counts, findings: said }, lines.length === 0 ? [sound] : lines)
  return state === 'sound' ? 0 : 1
}

/** What a sweep has found, and what to do about it. It changes nothing, and nothing follows from it by itself. */
const SWEPT: Readonly<Record<SweepCode, string>> = {
  'recording-without-deadline':
    'A recording has no deadline, so it would never go. Restore the database, or ask for help.',
  'deadline-without-recording': 'A deadline is there whose recording is not: rows were lost. Restore the database.',
  'key-missing': 'The key of a recording that is kept is not in the vault: it cannot be read. Restore the vault.',
  'key-after-deletion':
    'A key that was destroyed is there again: an older vault. Run: vidne restore, which destroys it again.',
  'object-missing': 'Bytes of a recording that is kept are gone. Restore the object store.',
  'object-after-deletion':
    'Bytes of a deleted recording still lie there, without their key. The next run removes them.',
  'object-unknown':
    'Bytes lie there that nobody knows. Without a key they say nothing; look where they came from before removing any.',
  'event-not-in-log': 'An event of over an hour ago is not in the log. See: vidne doctor.',
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
