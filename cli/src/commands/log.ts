import { startProgress } from '@vidne/dock-agent/progress'
import { continueInNewLog } from '@vidne/server/operations/log-continuing'
import { rebuildLog } from '@vidne/server/operations/log-upkeep'
import { openLogger } from '@vidne/server/platform/http/logging'
import { answer, counted } from '../answers.ts'
import type { CommandSpec } from '../command.ts'
import { textGiven } from '../text-file.ts'
import { dataOption, jsonOption } from './data-folder.ts'

export const logRebuild: CommandSpec = {
  name: 'log rebuild',
  positionals: [],
  options: { data: dataOption, json: jsonOption },
  summary: "writes the log's tiles again from the database",
  async run(given) {
    const progress = startProgress('writing the tiles', ['leaf', 'leaves'])
    const leaves = await rebuildLog(given.text('data'), openLogger('warn'), progress.at).finally(progress.end)
    answer(given.flag('json'), { leaves }, [
      `${counted(leaves, 'leaf', 'leaves')} written; the root is the one that was signed last.`,
    ])
    return 0
  },
}

export const logContinue: CommandSpec = {
  name: 'log continue',
  positionals: [],
  options: {
    data: dataOption,
    retire: { type: 'string', help: 'the name of the log that ends, typed out: it can never be used again' },
    origin: { type: 'string', help: 'the name of the new log (default: the old one with a number)' },
    checkpoint: { type: 'string', help: 'file with a checkpoint of the old log from elsewhere' },
    json: jsonOption,
  },
  summary: 'retires a log that cannot go on, and begins one that names its last checkpoint',
  async run(given) {
    const wish = {
      data: given.text('data'),
      retire: given.maybe('retire') ?? null,
      origin: given.maybe('origin') ?? null,
      checkpoint: textGiven(given, 'checkpoint'),
    }
    const { origin, previous, trust } = await continueInNewLog(wish, openLogger('warn'))
    const size = previous?.size ?? null
    answer(given.flag('json'), { origin, previous: previous?.origin ?? null, size, trust }, [
      `The log is ${origin} from now on.`,
      ...(previous === null ? [] : [`Its second leaf names ${previous.origin}, which ended at size ${previous.size}.`]),
      `Give the new trust file to everybody who verifies: ${trust}`,
      'Keep copies of the new keys/log*.skey apart from the backups; make a new backup.',
    ])
    return 0
  },
}
