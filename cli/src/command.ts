import { type ParseArgsConfig, parseArgs } from 'node:util'

type OptionSpec = { type: 'string' | 'boolean'; required?: true; env?: string; help: string; multiple?: true }

export type CommandSpec = {
  /** As the user types it, such as `token create`. */
  name: string
  positionals: readonly string[]
  /** The last positional may repeat. */
  variadic?: true
  options: Readonly<Record<string, OptionSpec>>
  summary: string
  /** Resolves to the exit code. */
  run(given: Given): Promise<number>
}

/** What was typed, already known to fit the command. */
export type Given = {
  at(position: number): string
  rest(from: number): string[]
  /** What was typed behind the command, word for word. */
  words(): string[]
  text(option: string): string
  maybe(option: string): string | undefined
  flag(option: string): boolean
}

/** The command line cannot be understood; the sentence names the word. */
export class UsageRefused extends Error {
  override name = 'UsageRefused'
}

/** The command was understood and refused, here or by the server; the sentence says why and what to do. */
export class CommandRefused extends Error {
  override name = 'CommandRefused'
}

export function usage(spec: CommandSpec): string {
  const options = Object.entries(spec.options).map(([name, option]) => {
    const text = option.type === 'boolean' ? `--${name}` : `--${name} ${name.toUpperCase()}`
    return option.required ? text : `[${text}]`
  })
  return ['vidne', spec.name, ...spec.positionals, ...options].join(' ')
}

/** @throws UsageRefused naming the option or word that does not fit. */
export function understand(spec: CommandSpec, words: readonly string[], env = process.env): Given {
  const options: ParseArgsConfig['options'] = {}
  for (const [name, { type, multiple }] of Object.entries(spec.options))
    options[name] = { type, multiple: multiple ?? false }
  const { values, positionals } = parse(spec, words, options)
  const given = { ...values }
  for (const [name, option] of Object.entries(spec.options)) {
    if (given[name] === undefined && option.env !== undefined && env[option.env]) given[name] = env[option.env]
    if (option.required && given[name] === undefined) throw new UsageRefused(`--${name} is missing. ${usage(spec)}`)
  }
  refuseWrongCount(spec, positionals)
  return reading(given, positionals, words)
}

function refuseWrongCount(spec: CommandSpec, positionals: readonly string[]): void {
  const wanted = spec.positionals.length
  if (positionals.length < wanted)
    throw new UsageRefused(`${spec.positionals[positionals.length]} is missing. ${usage(spec)}`)
  if (positionals.length > wanted && !spec.variadic)
    throw new UsageRefused(`"${positionals[wanted]}" is one word too many. ${usage(spec)}`)
}

function parse(spec: CommandSpec, words: readonly string[], options: NonNullable<ParseArgsConfig['options']>) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true })
  } catch (cause) {
    throw new UsageRefused(`${cause instanceof Error ? cause.message : String(cause)}\n${usage(spec)}`, { cause })
  }
}

function reading(values: Record<string, unknown>, positionals: readonly string[], words: readonly string[]): Given {
  const maybe = (option: string) => {
    const value = values[option]
    return typeof value === 'string' ? value : undefined
  }
  return {
    at: position => positionals[position] ?? '',
    rest: from => positionals.slice(from),
    words: () => [...words],
    maybe,
    text(option) {
      const value = maybe(option)
      if (value === undefined) throw new UsageRefused(`--${option} is missing.`)
      return value
    },
    flag: option => values[option] === true,
  }
}
