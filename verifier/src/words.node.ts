import { parseArgs } from 'node:util'

/** The command line cannot be understood; the sentence names the word. */
export class UsageRefused extends Error {
  override readonly name = 'UsageRefused'
}

const options = {
  trust: { type: 'string' },
  demands: { type: 'string' },
  checkpoint: { type: 'string' },
  log: { type: 'string' },
  receipt: { type: 'string' },
  footage: { type: 'string' },
  rehearsal: { type: 'boolean' },
  json: { type: 'boolean' },
  lang: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

export type Command = 'verify' | 'receipt'
type Option = keyof typeof options
export type Words = Partial<Record<Exclude<Option, 'rehearsal' | 'json' | 'help'>, string>> & {
  path: string
  rehearsal: boolean
  json: boolean
  help: boolean
}

const knows: Readonly<Record<Command, readonly Option[]>> = {
  verify: ['trust', 'demands', 'checkpoint', 'log', 'receipt', 'footage', 'rehearsal', 'json', 'lang', 'help'],
  receipt: ['trust', 'demands', 'footage', 'rehearsal', 'json', 'lang', 'help'],
}

export const USAGE: Readonly<Record<Command, string>> = {
  verify: `verify FILE|FOLDER [--trust FILE] [--demands FILE] [[--checkpoint FILE] --log DIR|URL] [--receipt FILE] [--footage FILE] [--rehearsal] [--json] [--lang en|da|sv|de]

Judges a package, a deletion statement or a receipt, offline. Nothing in it is believed: whom to trust says the trust file.

  --trust FILE        trust file (C2SP tlog-policy) from the court, the oversight body, or whoever you trust
  --demands FILE      JSON: what has to hold beyond that, such as {"history":"checked"}
  --checkpoint FILE   a checkpoint of the log from elsewhere; the package's log has to go together with it. A later one that a
                      map-checker has signed makes a history checked. Default: what lies with the log
  --log DIR|URL       the log's tiles, to compare the two: a copy in a folder, or where the log is served, which then
                      learns how old the package is
  --receipt FILE      a receipt that was given for this very recording
  --footage FILE      a file you hold: beside a statement, footage that should be gone and has reappeared; beside a package or
                      receipt, what has to be the footage that was sealed
  --rehearsal         accept what comes from a rehearsal installation
  --json              the verdict as one line of JSON
  --lang LANGUAGE     en, da, sv or de; else that of LC_ALL or LANG

Exit code 0: everything that trust file and demands ask for holds. 1: it does not, or no trust file. 2: unreadable.`,
  receipt: `receipt FILE [--trust FILE] [--footage FILE] [--demands FILE] [--rehearsal] [--json] [--lang en|da|sv|de]

Judges a receipt: that its recording was sealed in a log you trust.

  --trust FILE        trust file (C2SP tlog-policy) from whoever you trust, not from the server that gave the receipt
  --footage FILE      the file you hold, to compare with the receipt
  --rehearsal         accept what comes from a rehearsal installation

Exit code 0: it holds. 1: it does not, or no trust file. 2: unreadable.`,
}

/** @throws UsageRefused */
export function understand(command: Command, given: readonly string[]): Words {
  const { values, positionals } = parse(given)
  for (const name of Object.keys(values))
    if (!knows[command].some(known => known === name)) throw new UsageRefused(`${command} does not know --${name}.`)
  const { rehearsal = false, json = false, help = false, ...texts } = values
  if (help) return { path: '', rehearsal, json, help }
  const [path, ...more] = positionals
  if (path === undefined) throw new UsageRefused(`FILE is missing. ${USAGE[command].split('\n')[0]}`)
  if (more.length > 0) throw new UsageRefused(`"${more[0]}" is one word too many.`)
  refuseOdd(texts)
  return { ...texts, path, rehearsal, json, help }
}

function refuseOdd({ checkpoint, log, lang }: Partial<Record<'checkpoint' | 'log' | 'lang', string>>): void {
  if (checkpoint !== undefined && log === undefined) throw new UsageRefused('--checkpoint and --log go together.')
  if (lang !== undefined && !['en', 'da', 'sv', 'de'].includes(lang))
    throw new UsageRefused(`--lang is en, da, sv or de, not "${lang}".`)
}

function parse(given: readonly string[]) {
  try {
    return parseArgs({ args: [...given], options, allowPositionals: true, strict: true })
  } catch (cause) {
    throw new UsageRefused(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}
