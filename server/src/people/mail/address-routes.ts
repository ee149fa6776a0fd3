import { type InstallationKey, ofInstallation } from '@vidne/locales/installation'
import { api } from '../../api.ts'
import type { Database } from '../../platform/database/door.ts'
import type { People } from '../people.ts'

const SENTENCES = {
  'not-set-up': 'mail.notSetUp',
  'too-many': 'mail.tooMany',
  machine: 'mail.machine',
  wrong: 'mail.wrongCode',
  over: 'mail.codeOver',
} as const satisfies Record<string, InstallationKey>

/** One's own address for mail: shown, named, confirmed, removed. */
export function addressRoutes({ mail }: Pick<People, 'mail'>, database: Database) {
  const inWords = (language: Parameters<typeof ofInstallation>[0], key: InstallationKey) => ({
    data: { sentence: ofInstallation(language, key, {}) },
  })
  return {
    show: api.address.show.handler(async ({ context: { actor } }) => {
      const { confirmed, offered, refused } = await database.asAgency(actor.agency, trx => mail.addresses(trx, actor))
      const until = offered?.codeUntil ?? null
      return {
        sends: mail.sends,
        confirmed,
        offered:
          offered === null
            ? null
            : { address: offered.address, codeUntil: until === null ? null : new Date(until).toISOString() },
        refused,
      }
    }),
    name: api.address.name.handler(async ({ input, context: { actor, about }, errors }) => {
      const named = await database.asAgency(actor.agency, trx => mail.name(trx, { actor, ...input }))
      if (named === 'code-sent' || named === 'kept') return { state: named }
      throw errors.CONFLICT(inWords(about.language, SENTENCES[named]))
    }),
    confirm: api.address.confirm.handler(async ({ input, context: { actor, about }, errors }) => {
      const confirmed = await database.asAgency(actor.agency, trx => mail.confirm(trx, { actor, code: input.code }))
      if (confirmed === 'confirmed') return { state: confirmed }
      throw errors.CONFLICT(inWords(about.language, SENTENCES[confirmed]))
    }),
    remove: api.address.remove.handler(async ({ context: { actor, about }, errors }) => {
      const { agency, person } = actor
      if (!(await database.asAgency(agency, trx => mail.remove(trx, { agency, person, by: actor }))))
        throw errors.NOT_FOUND(inWords(about.language, 'mail.noAddress'))
      return { state: 'removed' as const }
    }),
  }
}
