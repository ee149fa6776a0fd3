import { join } from 'node:path'
import { dockFolder } from '@vidne/dock-agent/dock-agent'
import { stateFolder, tellDocking } from '@vidne/dock-agent/telling'
import { PolicyRefused } from '@vidne/tlog/policy'
import { type CommandSpec, UsageRefused } from '../command.ts'
import { connectionOptions, readToken, serverAddress } from '../connection.ts'
import { textGiven } from '../text-file.ts'

export const dock: CommandSpec = {
  name: 'dock',
  positionals: ['FOLDER'],
  options: {
    ...connectionOptions,
    trust: { type: 'string', help: 'a trust file: receipts are verified against it' },
    camera: { type: 'string', help: 'the id of the camera whose storage this is' },
    wipe: { type: 'boolean', help: 'removes a file from the camera once its receipt is verified; needs --trust' },
    rehearsal: { type: 'boolean', help: 'accept receipts of a rehearsal installation: verify them, and wipe on them' },
    receipts: { type: 'string', help: 'folder for receipts (default: ~/.local/state/vidne/receipts)' },
  },
  summary: 'brings the files of a camera in',
  async run(given) {
    if (given.flag('wipe') && given.maybe('trust') === undefined)
      throw new UsageRefused('--wipe needs --trust: a camera is wiped only on a receipt that was verified here')
    const telling = tellDocking(given.flag('json'))
    const wish = {
      folder: given.at(0),
      server: serverAddress(given.text('server')),
      token: readToken(given.maybe('token')),
      trust: textGiven(given, 'trust'),
      camera: given.maybe('camera') ?? null,
      wipe: given.flag('wipe'),
      rehearsal: given.flag('rehearsal'),
      receipts: given.maybe('receipts') ?? join(stateFolder(), 'receipts'),
      journal: join(stateFolder(), 'journal'),
      onEvent: telling.tell,
    }
    try {
      const outcome = await dockFolder(wish)
      return outcome.refused === 0 ? 0 : 1
    } catch (refusal) {
      if (!(refusal instanceof PolicyRefused)) throw refusal
      throw new UsageRefused(`--trust ${given.text('trust')} is not a trust file: ${refusal.message}`, {
        cause: refusal,
      })
    } finally {
      telling.end()
    }
  },
}
