import { CommandRefused, type CommandSpec, UsageRefused, understand, usage } from './command.ts'
import { allCommands, findCommand } from './commands.ts'

/** Exit codes: 0 done; 1 refused, with a sentence; 2 the command line or its input could not be read. */
async function main(words: readonly string[]): Promise<number> {
  const spec = await findCommand(words)
  if (spec === undefined) return overview(words)
  const rest = words.slice(spec.name.split(' ').length)
  if (rest.includes('--help') || rest.includes('-h')) return help(spec)
  try {
    return await spec.run(understand(spec, rest))
  } catch (error) {
    if (error instanceof UsageRefused) return complain(error.message, 2)
    if (error instanceof CommandRefused) return complain(error.message, 1)
    if (error instanceof Error && error.name.endsWith('Refused')) return complain(error.message, 1)
    throw error
  }
}

async function overview(words: readonly string[]): Promise<number> {
  const asked = words.length === 0 || words[0] === '--help' || words[0] === '-h' || words[0] === 'help'
  const lines = (await allCommands()).map(one => `  ${one.name.padEnd(16)} ${one.summary}`)
  const text = [
    'vidne: camera footage from the shirt to the court',
    '',
    ...lines,
    '',
    'vidne COMMAND --help says more.',
  ].join('\n')
  if (asked) console.log(text)
  else console.error(`vidne does not know "${words.join(' ')}".\n\n${text}`)
  return asked ? 0 : 2
}

function help(spec: CommandSpec): number {
  const options = Object.entries(spec.options).map(([name, { help }]) => `  --${name.padEnd(14)} ${help}`)
  console.log([usage(spec), '', spec.summary, '', ...options].join('\n'))
  return 0
}

function complain(sentence: string, code: number): number {
  console.error(`vidne: ${sentence}`)
  return code
}

process.exitCode = await main(process.argv.slice(2))
