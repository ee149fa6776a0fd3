import { statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { quoted } from '../answers.ts'
import { type CommandSpec, type Given, UsageRefused } from '../command.ts'

/** Options of the command line, by the name of the setting. */
const settingOptions = {
  port: 'port',
  host: 'host',
  publicUrl: 'public-url',
  tlsCert: 'tls-cert',
  tlsKey: 'tls-key',
  trustProxy: 'trust-proxy',
} as const

export const serve: CommandSpec = {
  name: 'serve',
  positionals: [],
  options: {
    data: {
      type: 'string',
      env: 'VIDNE_DATA',
      help: 'the data folder (default: /var/lib/vidne for root, ~/.local/share/vidne for others)',
    },
    port: { type: 'string', help: 'default 8420; 0 takes a free one' },
    host: { type: 'string', help: 'default 127.0.0.1; another one needs https' },
    'public-url': { type: 'string', help: 'how people reach it: https://…' },
    'tls-cert': { type: 'string', help: 'PEM file' },
    'tls-key': { type: 'string', help: 'PEM file' },
    'trust-proxy': { type: 'string', help: 'address range of the proxy that does https, such as 10.0.0.0/8' },
  },
  summary: 'serves an installation until stopped',
  async run(given) {
    const data = given.maybe('data') ?? defaultData()
    if (statSync(data, { throwIfNoEntry: false })?.isDirectory() === false)
      throw new UsageRefused(`--data ${data} is a file; name the folder of an installation`)
    const { serve: openServer } = await import('@vidne/server/main')
    const serving = await openServer(data, settingsGiven(given))
    console.log(JSON.stringify({ ready: true, url: serving.url }))
    console.error(`Vidne serves ${data} on ${serving.url}`)
    if (!serving.founded) {
      console.error(unfounded(data, serving.setUpUrl ?? serving.url))
      void serving.stands.then(() => console.error(`The installation was founded. It is served on ${serving.url}`))
    }
    await stopAsked()
    await serving.close()
    return 0
  },
}

function unfounded(data: string, setUpUrl: string): string {
  return `
Nobody has founded an installation there yet, so nothing is taken in or signed. Open this in a browser; it works once:

  ${setUpUrl}

Or in another shell, from the same folder:

  npx vidne init --data ${quoted(data)} --agency NAME --pack uk-met --tokens .

--pack: the rules it lives under (dk-politi, dk-borger, uk-met, se-skola, de-nrw-oa). This server goes on as that installation by itself.
`
}

function settingsGiven(given: Given): Record<string, unknown> {
  const entries = Object.entries(settingOptions).flatMap(([setting, option]) => {
    const value = given.maybe(option)
    return value === undefined ? [] : [[setting, value] as const]
  })
  return Object.fromEntries(entries)
}

/** Data lies outside the checkout, so that a `git clean` can never delete evidence. */
function defaultData(): string {
  if (process.getuid?.() === 0) return '/var/lib/vidne'
  return join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'vidne')
}

function stopAsked(): Promise<void> {
  return new Promise(done => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => done())
  })
}
