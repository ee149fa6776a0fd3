import { capacityPlan, type DistrictDayRow } from '@vidne/contract/capacity'
import { answer, table } from '../answers.ts'
import { type CommandSpec, UsageRefused } from '../command.ts'
import { ask, connect, connectionOptions } from '../connection.ts'
import { readText } from '../text-file.ts'

export const capacityPlanned: CommandSpec = {
  name: 'capacity plan',
  positionals: ['FILE'],
  options: connectionOptions,
  summary: 'how many cameras and posts there are, from a JSON file; replaces the plan before',
  async run(given) {
    const { client, server } = connect(given)
    const done = await ask(client.capacity.plan(readPlan(given.at(0))), server)
    answer(given.flag('json'), done, ['The plan is in place. See: vidne capacity --from DAY --to DAY'])
    return 0
  },
}

/** @throws UsageRefused naming what in the file does not fit */
function readPlan(file: string) {
  const plan = capacityPlan.safeParse(jsonIn(file))
  if (plan.success) return plan.data
  const [first] = plan.error.issues
  throw new UsageRefused(`${file} is no plan: ${first?.path.join('.') ?? ''} ${first?.message ?? ''}`)
}

function jsonIn(file: string): unknown {
  try {
    return JSON.parse(readText(file, 'FILE')) as unknown
  } catch (cause) {
    if (cause instanceof UsageRefused) throw cause
    throw new UsageRefused(`${file} is no JSON`, { cause })
  }
}

export const capacity: CommandSpec = {
  name: 'capacity',
  positionals: [],
  options: {
    from: { type: 'string', required: true, help: 'a day' },
    to: { type: 'string', required: true, help: 'a day; at most a year later' },
    ...connectionOptions,
  },
  summary: 'where and when cameras are short, and which districts could lend; changes nothing',
  async run(given) {
    const { client, server } = connect(given)
    const shown = await ask(client.capacity.show({ from: given.text('from'), to: given.text('to') }), server)
    const short = shown.days.filter(day => day.short > 0)
    const head = ['date', 'district', 'needed', 'stock', 'short', 'could lend']
    const lines = short.length === 0 ? ['There are cameras enough.'] : table([head, ...short.map(cells)])
    answer(given.flag('json'), shown, lines)
    return 0
  },
}

function cells({ date, district, needed, stock, short, lenders, uncovered }: DistrictDayRow): string[] {
  const lending = lenders.map(one => `${one.district} ${one.cameras}`)
  const rest = uncovered === 0 ? [] : [`${uncovered} nobody has`]
  return [date, district, String(needed), String(stock), String(short), [...lending, ...rest].join(', ')]
}
