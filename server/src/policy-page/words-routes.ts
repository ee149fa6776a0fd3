import { dayWords, numberWords, plainText } from '@vidne/locales/forms'
import { ofAnswers } from '@vidne/locales/answers'
import { noteOn } from '@vidne/locales/rules'
import type { Language } from '@vidne/locales/say'
import type { Leaf } from '@vidne/policies/leaf'
import { api } from '../api.ts'
import type { Ground } from '../ground.ts'
import { cameraSections } from './camera.ts'
import { dutySections } from './duties.ts'
import { footageSections } from './footage.ts'
import { type Reading, readingOf, type Rules, word } from './reading.ts'
import type { Item, Section } from './section.ts'

/** A version of the policy as people read it on the desk: the same words as on the public page. */
export function policyWordsRoutes({ database, people, rules }: Pick<Ground, 'database' | 'people' | 'rules'>) {
  return {
    inWords: api.policy.inWords.handler(async ({ input, context: { actor, about }, errors }) => {
      if (!(await people.allowed(actor, 'see-policy')))
        throw errors.NOT_ALLOWED({ data: { sentence: ofAnswers(about.language, 'notAllowed') } })
      const found = await database.asAgency(actor.agency, async trx => {
        const units = await people.units.of(trx, actor.agency)
        const unit = input.unit === undefined ? undefined : units.find(({ name }) => name === input.unit)
        if (unit === undefined && input.unit !== undefined) return 'no-such-unit' as const
        const own = unit?.id ?? (await people.units.ofPerson(trx, actor.person))
        const version =
          input.digest === undefined
            ? await rules.policyInForce(trx, actor.agency, undefined, own)
            : (await rules.policies(trx, actor.agency)).find(({ digest }) => digest === input.digest)
        if (version === undefined) return 'no-such-version' as const
        const name = (await people.agency(trx, actor.agency))?.name ?? ''
        return { version, name, unit: units.find(({ id }) => id === version.unit)?.name ?? version.unit }
      })
      if (typeof found === 'string')
        throw errors.NOT_FOUND({ data: { sentence: ofAnswers(about.language, `rules.${found}`) } })
      const { version, name, unit } = found
      const { digest, pack, since } = version
      const agency = { name, since, digest, units: [] }
      const told = inWords({ pack, agency, rehearsal: false }, about.language)
      return { digest, pack: pack.id, title: pack.title, unit, since: new Date(since).toISOString(), ...told }
    }),
  }
}

function inWords(rules: Rules, language: Language) {
  const reading = readingOf(rules, language)
  const sections = [...cameraSections(reading), ...footageSections(reading), ...dutySections(reading)]
  const standings = [...reading.values.values()].map(({ standing }) => standing)
  const defaults = standings.filter(one => one === 'default' || one === 'taken').length
  const percent = numberWords(language, (100 * defaults) / standings.length)
  const note = noteOn(language, reading.pack.id)
  return {
    count: standings.length,
    defaults,
    trust: [
      word(reading, 'trust.count', { count: standings.length, defaults, percent }),
      word(reading, 'trust.noLawyer'),
      ...(note === null ? [] : [note]),
    ],
    sections: sections
      .filter(({ items, lead }) => items.length > 0 || lead !== undefined)
      .map(section => sectionWords(reading, section)),
  }
}

function sectionWords(reading: Reading, { heading, lead, items }: Section) {
  return {
    id: heading.replace('section.', ''),
    heading: word(reading, heading),
    lead: lead ?? null,
    items: items.map(item => itemWords(reading, item)),
  }
}

function itemWords(reading: Reading, { path, says, more = [] }: Item) {
  const value = reading.values.get(path)
  if (value === undefined) throw new Error(`the policy has no value at ${path}`)
  const { standing, leaf } = value
  return {
    path,
    says,
    more: [...more],
    standing,
    flag: word(reading, `flag.${standing}`),
    source: leaf.s === '' ? null : plainText(leaf.s),
    dates: datesWords(reading, leaf),
  }
}

function datesWords(reading: Reading, { validFrom, validTo }: Leaf<unknown>): string | null {
  const day = (date: string) => dayWords(reading.language, date)
  if (validFrom !== undefined && validTo !== undefined)
    return word(reading, 'valid.both', { from: day(validFrom), to: day(validTo) })
  if (validFrom !== undefined) return word(reading, 'valid.from', { from: day(validFrom) })
  return validTo === undefined ? null : word(reading, 'valid.to', { to: day(validTo) })
}
