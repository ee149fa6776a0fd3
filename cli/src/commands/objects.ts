import { acceptOlderStore, type AcceptReport } from '@vidne/server/operations/objects-accepting'
import { openLogger } from '@vidne/server/platform/http/logging'
import { answer, counted } from '../answers.ts'
import { type CommandSpec, UsageRefused } from '../command.ts'
import { dataOption, jsonOption } from './data-folder.ts'

export const objectsAccept: CommandSpec = {
  name: 'objects accept',
  positionals: [],
  options: {
    data: dataOption,
    lost: {
      type: 'string',
      help: 'how many recordings have lost bytes, typed out from the list: goes on without them',
    },
    reason: { type: 'string', help: 'with --lost: why; it enters the history of each recording' },
    json: jsonOption,
  },
  summary: 'what is lost with an object store put back from before; with --lost, goes on without it',
  async run(given) {
    const data = given.text('data')
    const [lost, reason] = [numberIn(given.maybe('lost')), given.maybe('reason')?.trim() ?? '']
    if (lost !== null && reason === '')
      throw new UsageRefused('--lost needs --reason TEXT: the histories say why they go on without the bytes.')
    const report = await acceptOlderStore({ data, lost, reason }, openLogger('warn'))
    const { asOf, seen } = report
    const told = { ...report, asOf: asOf === null ? null : instant(asOf), seen: instant(seen) }
    answer(given.flag('json'), told, report.accepted ? acceptedLines(report) : askedLines(report, data))
    return report.accepted ? 0 : 1
  },
}

function numberIn(text: string | undefined): number | null {
  if (text === undefined) return null
  if (!/^\d{1,12}$/.test(text)) throw new UsageRefused('--lost is the number of recordings that the list shows.')
  return Number(text)
}

function instant(at: number): string {
  return new Date(at).toISOString()
}

function askedLines({ asOf, seen, recordings, uploads }: AcceptReport, data: string): string[] {
  const own = asOf === null ? 'bears no mark of its last use' : `is as of ${instant(asOf)}`
  return [
    `The object store ${own}; the database saw it as of ${instant(seen)}.`,
    `${counted(recordings.length, 'recording has', 'recordings have')} lost stored bytes:`,
    ...recordings.map(id => `  ${id}`),
    ...uploadLines(uploads),
    'Nothing was changed. If the newer store can be had, bring it back. If it is lost for good, go on without it:',
    `  vidne objects accept --data ${data} --lost ${recordings.length} --reason 'WHY'`,
  ]
}

function acceptedLines({ recordings, uploads }: AcceptReport): string[] {
  return [
    `The installation goes on with this store, without whole bytes of ${counted(recordings.length, 'recording')}.`,
    'Their histories say so; they cannot be exported, and none of them counts as deleted.',
    ...uploadLines(uploads),
  ]
}

function uploadLines(uploads: number): string[] {
  return uploads === 0
    ? []
    : [`${counted(uploads, 'upload')} under way lost bytes too: keep the files, and begin anew.`]
}
