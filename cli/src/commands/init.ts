import { resolve } from 'node:path'
import type { Founding } from '@vidne/server/founding'
import type { CommandSpec } from '../command.ts'

export const init: CommandSpec = {
  name: 'init',
  positionals: [],
  options: {
    data: {
      type: 'string',
      env: 'VIDNE_DATA',
      required: true,
      help: 'an empty folder for the installation, outside any checkout',
    },
    agency: { type: 'string', required: true, help: 'whose footage it will keep' },
    pack: { type: 'string', required: true, help: 'the rules it lives under: uk-met, de-nrw-oa' },
    origin: { type: 'string', help: 'name of the log, such as log.example.org/agency; no other log may have it' },
    rehearsal: { type: 'boolean', help: 'for training and trial: the clock can be set, nothing from it is evidence' },
    vault: { type: 'string', help: 'folder for the two copies of the vault (default: in the data folder)' },
    database: { type: 'string', help: 'postgresql://… (default: the embedded one)' },
    objects: { type: 'string', help: 'a folder or s3://… (default: in the data folder)' },
    json: { type: 'boolean', help: 'answers as JSON' },
  },
  summary: 'founds an installation',
  async run(given) {
    // Loaded here and not above: the other commands start in a fraction of the time without the server.
    const { found } = await import('@vidne/server/founding')
    const { openLogger } = await import('@vidne/server/platform/http/logging')
    const founding = await found(
      {
        data: resolve(given.text('data')),
        agency: given.text('agency'),
        pack: given.text('pack'),
        origin: given.maybe('origin'),
        rehearsal: given.flag('rehearsal'),
        vault: given.maybe('vault'),
        database: given.maybe('database'),
        objects: given.maybe('objects'),
      },
      openLogger('error'),
    )
    if (given.flag('json')) console.log(JSON.stringify(founding))
    else console.log(inWords(founding, resolve(given.text('data'))))
    return 0
  },
}

function inWords(founding: Founding, data: string): string {
  return `Founded. The log is ${founding.origin}.

operator token (yours; shown once):  ${founding.operatorToken}
device token (the dock's; shown once): ${founding.deviceToken}
trust file (copies to everyone who verifies, by another way than packages): ${founding.trust}

Keep ${data} and its vault out of machine snapshots: a snapshot that holds the vault can undo a deletion. If the site takes
snapshots, write down how long it keeps them; until then a deletion is not final.

Next: npx vidne serve --data ${data}`
}
