import { homedir } from 'node:os'
import { join } from 'node:path'
import type { DockEvent, DockLine } from './dock-agent.ts'
import { type Screen, startProgress } from './progress.ts'

/** What became of a file, as a line for people: sealed, and what that rests on; wiped, or why not. */
export function inWords(line: DockLine): string {
  if ('refused' in line) return `${line.path}: refused: ${line.refused}`
  const checked = line.verified ? 'receipt verified' : `receipt kept, not verified: ${unverified(line)}`
  const wiped = line.wiped === true ? ', wiped' : ''
  const kept = line.kept === undefined ? '' : `, not wiped: ${line.kept}`
  return `${line.path}: sealed as ${line.recording} (${checked})${wiped}${kept}`
}

function unverified({ rehearsal }: { rehearsal?: true }): string {
  return rehearsal === true ? 'it is from a rehearsal installation' : 'no trust file was given'
}

/** A line a file on `out`, as JSON or in words; how far it is, on `err`. `end` takes the bar away. */
export function tellDocking(
  json: boolean,
  { out, err }: { out: Pick<Screen, 'write'>; err: Screen } = { out: process.stdout, err: process.stderr },
): { tell: (event: DockEvent) => void; end: () => void } {
  const progress = startProgress('docking', 'bytes', err)
  return {
    tell(event) {
      if (event.kind === 'progress') return progress.at(event.done, event.total)
      progress.end()
      if (event.kind === 'waiting') err.write(`${event.sentence}\n`)
      else out.write(`${json ? JSON.stringify(event.line) : inWords(event.line)}\n`)
    },
    end: () => progress.end(),
  }
}

/** Where this user's receipts and the agent's memory lie, unless another place is named. */
export function stateFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'vidne')
}
