import type { RecordingRow } from '@vidne/contract/recordings'
import { answer, table } from '../answers.ts'
import type { CommandSpec } from '../command.ts'
import { type Connection, ask, connect, connectionOptions } from '../connection.ts'

export const recordings: CommandSpec = {
  name: 'recordings',
  positionals: [],
  options: connectionOptions,
  summary: 'lists the recordings you may see',
  async run(given) {
    const rows = await allRecordings(connect(given))
    answer(
      given.flag('json'),
      rows,
      rows.length === 0 ? ['No recordings yet. Bring some in with: vidne dock FOLDER'] : lines(rows),
    )
    return 0
  },
}

async function allRecordings({ client, server }: Connection): Promise<RecordingRow[]> {
  const rows: RecordingRow[] = []
  let after: string | undefined
  do {
    const page = await ask(client.recordings.list({ limit: 1000, ...(after === undefined ? {} : { after }) }), server)
    rows.push(...page.recordings)
    after = page.after ?? undefined
  } while (after !== undefined)
  return rows
}

function lines(rows: readonly RecordingRow[]): string[] {
  const head = ['recording', 'recorded', 'camera', 'state', 'goes on', 'rule']
  return table([head, ...rows.map(cells)])
}

function cells(row: RecordingRow): string[] {
  const goes = row.held ? 'on hold' : (row.deleteAfter ?? 'kept')
  return [row.id, row.recordedAt ?? 'unknown', row.camera ?? 'unknown', row.state, goes, row.rule ?? '']
}
