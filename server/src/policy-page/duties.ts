import type { HistoryLeaf } from '@vidne/policies/retention'
import type { WordGroup } from '@vidne/policies/words'
import { capital } from './footage.ts'
import { type Reading, listText, periodText, valueText, word } from './reading.ts'
import { ifThere, type Item, type Section } from './section.ts'

/** What the agency owes besides, and the law that all of it stands on. */
export function dutySections(reading: Reading): Section[] {
  return [
    { heading: 'section.duties', items: [...beforehand(reading), ...afterwards(reading)] },
    { heading: 'section.law', items: law(reading) },
  ]
}

function beforehand(reading: Reading): Item[] {
  const { gates, register, sanctions, coDetermination, businessSharing, businessPermit, training } = reading.pack
  return [
    ...(gates ?? []).map(({ v, onlyWorkplace }) => ({
      path: `gates.${v}`,
      says: word(reading, 'duty.gate', { gate: valueText(reading, 'gate', v) }),
      more: onlyWorkplace === true ? [word(reading, 'duty.onlyWorkplace')] : [],
    })),
    ...ifThere(register, ({ v }) => ({
      path: 'register',
      says: word(reading, 'duty.register'),
      more: numbered(reading, 'register', v),
    })),
    ...ifThere(sanctions, ({ v }) => ({
      path: 'sanctions',
      says: word(reading, 'duty.sanctions', { list: codes(reading, 'sanction', v) }),
    })),
    ...ifThere(coDetermination, ({ v, required }) => ({
      path: 'coDetermination',
      says: valueText(reading, 'coDetermination', v),
      more: required ? [] : [word(reading, 'not.required')],
    })),
    ...ifThere(businessSharing, ({ v }) => ({
      path: 'businessSharing',
      says: word(reading, 'duty.businessSharing'),
      more: numbered(reading, 'businessSharing', v),
    })),
    ...ifThere(businessPermit, ({ v, required }) => ({
      path: 'businessPermit',
      says: valueText(reading, 'businessPermit', v),
      more: required ? [] : [word(reading, 'not.required')],
    })),
    ...ifThere(training, ({ v: { rights, validFor } }) => ({
      path: 'training',
      says: word(reading, 'duty.training', {
        period: periodText(reading, validFor),
        list: listText(
          reading,
          rights.map(right => word(reading, `right.${right}`)),
        ),
      }),
    })),
  ]
}

function codes(reading: Reading, group: WordGroup, values: readonly string[]): string {
  return listText(
    reading,
    values.map(value => valueText(reading, group, value)),
  )
}

/** Conditions one below the other: in one sentence nobody could tell them apart. */
function numbered(reading: Reading, group: WordGroup, values: readonly string[]): string[] {
  return values.map((value, place) => `${place + 1}. ${capital(valueText(reading, group, value))}`)
}

function afterwards(reading: Reading): Item[] {
  const { logScope, logRetention, reporting } = reading.pack
  return [
    { path: 'logScope', says: word(reading, 'duty.logScope', { list: codes(reading, 'logScope', logScope.v) }) },
    { path: 'logRetention', says: logLife(reading, logRetention) },
    ...reporting.map(({ v, every, within }) => ({
      path: `reporting.${v}`,
      says: word(reading, 'duty.report', { report: valueText(reading, 'reporting', v) }),
      more: [
        ...(every === undefined ? [] : [word(reading, 'duty.every', { period: periodText(reading, every) })]),
        ...(within === undefined ? [] : [word(reading, 'duty.within', { period: periodText(reading, within) })]),
      ],
    })),
  ]
}

function logLife(reading: Reading, { v, dir, anchor }: HistoryLeaf): string {
  const period = periodText(reading, v)
  if (dir === 'min') return word(reading, 'duty.logAtLeast', { period })
  return word(reading, anchor === 'end_of_calendar_year' ? 'duty.logAfterYear' : 'duty.logAfterItem', { period })
}

function law(reading: Reading): Item[] {
  const { regime, legalBasis, zone } = reading.pack
  const basis = valueText(reading, 'legalBasis', legalBasis.v)
  return [
    { path: 'legalBasis', says: word(reading, 'law.legalBasis', { basis }) },
    { path: 'regime', says: capital(word(reading, 'law.regime', { regime: valueText(reading, 'regime', regime.v) })) },
    { path: 'zone', says: word(reading, 'law.zone', { zone: zone.v }) },
  ]
}
