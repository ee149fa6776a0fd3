import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type DockEvent, dockFolder } from '@vidne/dock-agent/dock-agent'
import { type CommandSpec, type Given, UsageRefused } from '../command.ts'
import { connectionOptions, readToken } from '../connection.ts'
import { type Progress, startProgress } from '../progress.ts'

export const dock: CommandSpec = {
  name: 'dock',
  positionals: ['FOLDER'],
  options: {
    ...connectionOptions,
    trust: { type: 'string', help: 'a trust file: receipts are verified against it' },
    camera: { type: 'string', help: 'the id of the camera whose storage this is' },
    wipe: { type: 'boolean', help: 'removes a file from the camera once its receipt is verified; needs --trust' },
    receipts: { type: 'string', help: 'folder for receipts (default: ~/.local/state/vidne/receipts)' },
  },
  summary: 'brings the files of a camera in',
  async run(given) {
    if (given.flag('wipe') && given.maybe('trust') === undefined)
      throw new UsageRefused('--wipe needs --trust: a camera is wiped only on a receipt that was verified here')
    const lines = reporter(given.flag('json'))
    const outcome = await dockFolder({
      folder: given.at(0),
      server: given.text('server').replace(/\/+$/, ''),
      token: readToken(given.maybe('token')),
      trust: trustText(given),
      camera: given.maybe('camera') ?? null,
      wipe: given.flag('wipe'),
      receipts: given.maybe('receipts') ?? join(stateFolder(), 'receipts'),
      journal: join(stateFolder(), 'journal'),
      onEvent: lines.tell,
    })
    lines.end()
    return outcome.refused === 0 ? 0 : 1
  },
}

function trustText(given: Given): string | null {
  const file = given.maybe('trust')
  if (file === undefined) return null
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new UsageRefused(`--trust ${file} cannot be read`, { cause })
  }
}

function stateFolder(): string {
  return join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'vidne')
}

/** A line a file on stdout; how far it is, on stderr. */
function reporter(json: boolean): { tell: (event: DockEvent) => void; end: () => void } {
  let progress: Progress | null = null
  return {
    tell(event) {
      if (event.kind === 'progress') {
        progress ??= startProgress('docking', event.total)
        progress.at(event.done)
        return
      }
      progress?.end()
      console.log(json ? JSON.stringify(event.line) : inWords(event.line))
    },
    end: () => progress?.end(),
  }
}

function inWords(line: Extract<DockEvent, { kind: 'file' }>['line']): string {
  if ('refused' in line) return `${line.path}: refused: ${line.refused}`
  return `${line.path}: sealed as ${line.recording}`
}
