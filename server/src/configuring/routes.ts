import { api } from '../api.ts'
import type { People } from '../people/people.ts'
import type { Configuring, Difference, ImportRefusal, Kept } from './configuring.ts'
import { differenceWords, fileOf, keptWords, refusalWords } from './words.ts'
import { refusedIn } from '../platform/http/refused.ts'

/** An agency's configuration as files, out and in. */
export function configuringRoutes(configuring: Configuring, people: Pick<People, 'allowed' | 'noteListing'>) {
  return {
    export: api.configuration.export.handler(async ({ context: { actor, about }, errors }) => {
      if (!(await people.allowed(actor, 'configure')))
        throw errors.NOT_ALLOWED(refusedIn(about, 'installation', 'configure-not-allowed'))
      await people.noteListing(actor, 'configure')
      return { configuration: { ...(await configuring.export(actor.agency)) } }
    }),
    import: api.configuration.import.handler(async ({ input, context: { actor, about }, errors }) => {
      if (!(await people.allowed(actor, 'configure')))
        throw errors.NOT_ALLOWED(refusedIn(about, 'installation', 'configure-not-allowed'))
      const { configuration: files, apply, reason } = input
      const imported = await configuring.import(actor, { files, apply, reason })
      if (imported.state === 'refused')
        throw errors[CODES[imported.because]]({ data: { sentence: refusalWords(imported) } })
      const { applied, differences, kept, publications } = imported
      return {
        applied,
        differences: differences.map(one => toldAs(one, differenceWords(one))),
        kept: kept.map(one => toldAs(one, keptWords(one))),
        publications: publications.map(one => ({ ...one, deadline: new Date(one.deadline).toISOString() })),
      }
    }),
  }
}

const CODES = {
  'odd-file': 'ODD_INPUT',
  'unknown-role': 'ODD_INPUT',
  'in-the-future': 'ODD_INPUT',
  'pack-differs': 'CONFLICT',
  'machine-and-person': 'CONFLICT',
  'not-to-publish': 'CONFLICT',
} as const satisfies Record<ImportRefusal['because'], string>

function toldAs(one: Difference | Kept, text: string) {
  return { file: fileOf(one), what: one.what, text }
}
