import { type Copied, copyLog } from '@vidne/verifier/log-copy.node'
import { logPrefix } from '@vidne/verifier/log-source.node'
import { answer, counted } from '../answers.ts'
import { type CommandSpec, UsageRefused } from '../command.ts'
import { answeringLog, readingLog } from './log-source.ts'
import { jsonOption } from './data-folder.ts'

export const logCopy: CommandSpec = {
  name: 'log copy',
  positionals: [],
  options: {
    url: { type: 'string', required: true, help: 'where a log is served: https://…' },
    out: { type: 'string', required: true, help: 'a folder for it; one that was made before is brought up to date' },
    json: jsonOption,
  },
  summary: 'fetches the tiles and checkpoints of a log, for verify --log',
  async run(given) {
    const [url, out] = [given.text('url'), given.text('out')]
    const prefix = logPrefix(url)
    if (prefix === null) throw new UsageRefused(`--url "${url}" is not an address`)
    const { size, checked, fetched } = await copied(prefix, out)
    answer(given.flag('json'), { out, size, checked, fetched }, [
      `${out} holds the log of ${counted(size, 'entry', 'entries')}.`,
      checked === null
        ? 'No map-checker has signed any of its last checkpoints.'
        : `A map-checker has signed its first ${checked}: a package made when it was no longer can be shown to be checked.`,
    ])
    return 0
  },
}

function copied(prefix: string, out: string): Promise<Copied> {
  return readingLog({ bar: 'copying the log', refusal: 'The log cannot be copied' }, progress =>
    copyLog(answeringLog(prefix), out, progress),
  )
}
