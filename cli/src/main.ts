import program from '../package.json' with { type: 'json' }
import { type CommandSpec, understand, usage } from './command.ts'
import { allCommands, findCommand } from './commands.ts'
import { troubleOf } from './troubles.ts'

/** Exit codes: 0 done; 1 refused, with a sentence; 2 the command line or its input could not be read. */
async function main(words: readonly string[]): Promise<number> {
  if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) return version()
  const spec = await findCommand(words)
  if (spec === undefined) return overview(words)
  const rest = words.slice(spec.name.split(' ').length)
  if (rest.includes('--help') || rest.includes('-h')) return help(spec)
  try {
    return await spec.run(understand(spec, rest))
  } catch (error) {
    const trouble = troubleOf(error)
    if (trouble === null) throw error
    console.error(`vidne: ${trouble.sentence}`)
    return trouble.code
  }
}

function version(): number {
  console.log(`vidne ${program.version}`)
  return 0
}

async function overview(words: readonly string[]): Promise<number> {
  const asked = words.length === 0 || words[0] === '--help' || words[0] === '-h' || words[0] === 'help'
  const lines = (await allCommands()).map(one => `  ${one.name.padEnd(16)} ${one.summary}`)
  const text = [
    'vidne: camera footage from the shirt to the court',
    '',
    ...lines,
    '',
    'vidne COMMAND --help says more; vidne --version says which one this is.',
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

// Whoever reads the answer may stop early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

process.exitCode = await main(process.argv.slice(2))
