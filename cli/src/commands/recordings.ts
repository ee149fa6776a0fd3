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

/** One line a recording, below a head. */
export function lines(rows: readonly RecordingRow[]): string[] {
  const head = ['recording', 'recorded', 'camera', 'state', 'to be gone by', 'rule', 'mark', 'file']
  return table([head, ...rows.map(cells)])
}

function cells(row: RecordingRow): string[] {
  const { id, recordedAt, camera, state, rule, parsable, bytesLost, path } = row
  const marks = [...(bytesLost ? ['bytes lost'] : []), ...(parsable === false ? ['cannot be parsed'] : [])]
  const mark = marks.join(', ')
  return [id, recordedAt ?? 'unknown', camera ?? 'unknown', state, goneBy(row), rule ?? '', mark, plain(path ?? '')]
}

/** A camera may give a file any name; a terminal obeys some signs. */
function plain(path: string): string {
  return path.replaceAll(/\p{Cc}/gu, '?')
}

function goneBy({ state, held, deleteAfter }: RecordingRow): string {
  if (state === 'deleted') return 'gone'
  if (state === 'erasing') return 'going now'
  if (held) return 'on hold'
  return deleteAfter ?? 'not set'
}
