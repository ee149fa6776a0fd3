import { join, resolve } from 'node:path'
import type { Founding } from '@vidne/server/founding'
import { snapshotSentence } from '@vidne/server/snapshots'
import { quoted } from '../answers.ts'
import { checkoutAround } from '../checkout.ts'
import type { CommandSpec } from '../command.ts'
import { askSnapshots } from '../snapshots-question.ts'
import { demandNew, writeSecret } from '../text-file.ts'

const tokenFiles = { operator: 'operator.token', device: 'device.token' } as const

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
    pack: {
      type: 'string',
      required: true,
      help: 'the rules it lives under: dk-politi, dk-borger, uk-met, se-skola, de-nrw-oa',
    },
    origin: { type: 'string', help: 'name of the log, such as log.example.org/agency; no other log may have it' },
    rehearsal: { type: 'boolean', help: 'for training and trial: the clock can be set, nothing from it is evidence' },
    tokens: { type: 'string', help: 'a folder for operator.token and device.token, instead of showing them' },
    port: { type: 'string', env: 'VIDNE_PORT', help: 'the port it is served on (default 8420); kept in its settings' },
    vault: {
      type: 'string',
      env: 'VIDNE_VAULT',
      help: 'folder for the two copies of the vault (default: in the data folder)',
    },
    database: { type: 'string', env: 'VIDNE_DATABASE', help: 'postgresql://… (default: the embedded one)' },
    objects: { type: 'string', env: 'VIDNE_OBJECTS', help: 'a folder or s3://… (default: in the data folder)' },
    snapshots: {
      type: 'string',
      env: 'VIDNE_SNAPSHOTS',
      help: 'for how many days the site keeps snapshots of this machine, or none; asked on a terminal',
    },
    json: { type: 'boolean', help: 'answers as JSON' },
  },
  summary: 'founds an installation',
  async run(given) {
    // Loaded here and not above: the other commands start in a fraction of the time without the server.
    const { found } = await import('@vidne/server/founding')
    const { openLogger } = await import('@vidne/server/platform/http/logging')
    const data = resolve(given.text('data'))
    const tokens = given.maybe('tokens')
    if (tokens !== undefined) demandTokenFiles(tokens)
    warnOfCheckout(data)
    const wish = {
      data,
      agency: given.text('agency'),
      pack: given.text('pack'),
      origin: given.maybe('origin'),
      rehearsal: given.flag('rehearsal'),
      port: given.maybe('port'),
      vault: absolute(given.maybe('vault')),
      database: given.maybe('database'),
      objects: absolute(given.maybe('objects')),
      snapshots: given.maybe('snapshots') ?? (given.flag('json') ? undefined : await askSnapshots()),
    }
    const founding = await patiently(wish, () => found(wish, openLogger('silent')))
    const kept = tokens === undefined ? { operator: null, device: null } : keepTokens(tokens, founding)
    if (given.flag('json')) console.log(JSON.stringify(founding))
    else console.log(inWords(founding, data, kept))
    return 0
  },
}

/** Evidence in a checkout is one `git clean` away from being gone. */
function warnOfCheckout(data: string): void {
  const checkout = checkoutAround(data)
  if (checkout === null) return
  console.error(
    `warning: ${data} lies in the git checkout ${checkout}, and a git clean there deletes it; take a folder outside`,
  )
}

/** Servers are given time to answer; whoever waits is told for what. */
async function patiently<T>(
  wish: { database?: string | undefined; objects?: string | undefined },
  work: () => Promise<T>,
) {
  if (wish.database === undefined && wish.objects?.startsWith('s3:') !== true) return work()
  const telling = setTimeout(() => console.error('Waiting for the database or the object store to answer …'), 3000)
  return work().finally(() => clearTimeout(telling))
}

/** A path means the folder where it was typed, and not where the server is started one day. */
function absolute(place: string | undefined): string | undefined {
  return place === undefined || place === '' || /^[a-z0-9]+:/i.test(place) ? place : resolve(place)
}

/** Before anything is founded: tokens are made once, and must have somewhere to go. */
function demandTokenFiles(folder: string): void {
  for (const name of Object.values(tokenFiles)) demandNew(join(folder, name), '--tokens:')
}

/** Where each token lies now; null for one that has to be shown. */
type Kept = { operator: string | null; device: string | null }

function keepTokens(folder: string, { operatorToken, deviceToken }: Founding): Kept {
  return {
    operator: writeSecret(join(folder, tokenFiles.operator), operatorToken),
    device: writeSecret(join(folder, tokenFiles.device), deviceToken),
  }
}

function inWords(founding: Founding, data: string, kept: Kept): string {
  const { origin, operatorToken, deviceToken, trust, secondKey, snapshots } = founding
  return `Founded. The log is ${origin}.

operator token, yours:       ${kept.operator ?? `${operatorToken} (shown once)`}
device token, for the dock:  ${kept.device ?? `${deviceToken} (shown once)`}
trust file (for everyone who verifies, by another way than packages): ${trust}

${snapshotSentence(snapshots ?? undefined)}

${secondKey === null ? 'What is public is signed by one key only.' : secondKeySentence(secondKey)}

${nextWords(founding, data)}`
}

function nextWords({ setupUrl, waiting }: Founding, data: string): string {
  if (waiting) return `The server that waits for this folder goes on with it within seconds, and answers on ${setupUrl}`
  return `Start it, and it answers on ${setupUrl}

  npx vidne serve --data ${quoted(data)}`
}

/** Names the key by its name and hash (C2SP), without its two thousand characters. */
function secondKeySentence(vkey: string): string {
  const name = vkey.split('+', 2).join('+')
  return `What is public is signed by a second key too (ML-DSA-44): ${name}
The trust file names it in full, and vidne doctor prints it.`
}
