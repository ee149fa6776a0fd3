import { answer, counted } from '../answers.ts'
import type { CommandSpec } from '../command.ts'
import { demandEmptyFolder, readConfiguration, writeConfiguration } from '../configuration-folder.ts'
import { ask, connect, connectionOptions, type Connection } from '../connection.ts'

export const configExport: CommandSpec = {
  name: 'config export',
  positionals: [],
  options: { out: { type: 'string', required: true, help: 'the folder to write; new or empty' }, ...connectionOptions },
  summary: "writes the agency's whole configuration as readable files, without tokens, keys, footage or history",
  async run(given) {
    const { client, server } = connect(given)
    const out = given.text('out')
    demandEmptyFolder(out)
    const { configuration } = await ask(client.configuration.export(), server)
    const files = writeConfiguration(out, configuration)
    answer(given.flag('json'), { out, files }, [
      `${counted(files.length, 'file')} in ${out}. They name persons, and hold no token or key.`,
    ])
    return 0
  },
}

type Imported = Awaited<ReturnType<Connection['client']['configuration']['import']>>

export const configImport: CommandSpec = {
  name: 'config import',
  positionals: ['DIR'],
  options: {
    'dry-run': { type: 'boolean', help: 'says what differs, and changes nothing' },
    reason: { type: 'string', required: true, help: 'why; it enters the history, and a second person reads it' },
    ...connectionOptions,
  },
  summary:
    'brings the agency to an exported configuration: makes what is missing, takes nothing away, asks for policies',
  async run(given) {
    const { client, server } = connect(given)
    const wish = { configuration: readConfiguration(given.at(0)), reason: given.text('reason') }
    const told = await ask(client.configuration.import({ ...wish, apply: false }), server)
    const json = given.flag('json')
    if (!json) console.log(differenceLines(told).join('\n'))
    const nothing = given.flag('dry-run') || told.differences.length === 0
    const done = nothing ? told : await ask(client.configuration.import({ ...wish, apply: true }), server)
    if (json) console.log(JSON.stringify(done))
    else if (done.applied) console.log(doneLines(done).join('\n'))
    return 0
  },
}

function differenceLines({ differences, kept }: Imported): string[] {
  return [
    ...(differences.length === 0 ? ['Nothing to do.'] : differences.map(({ file, text }) => `${file}: ${text}`)),
    ...(kept.length === 0 ? [] : ['', 'This is otherwise here, and stays:']),
    ...kept.map(({ file, text }) => `${file}: ${text}`),
  ]
}

function doneLines({ differences, publications }: Imported): string[] {
  const made = differences.filter(({ what }) => what !== 'policy-differs').length
  const waits = publications.map(
    ({ unit, approval, deadline }) =>
      `Another person confirms the policy of ${unit ?? 'the agency'} until ${deadline}: vidne approve ${approval}`,
  )
  const again = publications.length === 0 ? [] : ['Then import again: it does what is left.']
  return ['', `${counted(made, 'difference')} made good.`, ...waits, ...again]
}
