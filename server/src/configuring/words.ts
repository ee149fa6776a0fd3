import { looseningWords, policyChangeWords } from '@vidne/locales/policy-words'
import { unitPolicyFile } from './file-names.ts'
import type { Difference, ImportRefusal, Kept } from './configuring.ts'

type What = (Difference | Kept)['what']

/** The file that a kind of difference is about; null: that of the policy. */
const FILES: Readonly<Record<What, string | null>> = {
  'zone-differs': 'agency.json',
  'unit-missing': 'units.json',
  'unit-more': 'units.json',
  'person-missing': 'people.json',
  'person-more': 'people.json',
  'role-missing': 'people.json',
  'role-more': 'people.json',
  'person-unassigned': 'people.json',
  'person-elsewhere': 'people.json',
  'camera-unassigned': 'cameras.json',
  'camera-elsewhere': 'cameras.json',
  'training-missing': 'trainings.json',
  'training-more': 'trainings.json',
  'training-struck-out': 'trainings.json',
  'policy-differs': null,
  'policy-stricter': null,
  'unit-policy-more': null,
}

/** The file that a difference is about. */
export function fileOf(one: Difference | Kept): string {
  return FILES[one.what] ?? policyFile('unit' in one ? one.unit : null)
}

function policyFile(unit: string | null): string {
  return unit === null ? 'policy/agency.json' : unitPolicyFile(unit)
}

const whose = (unit: string | null) => (unit === null ? 'The agency' : `The unit ${unit}`)

export function differenceWords(one: Difference): string {
  switch (one.what) {
    case 'unit-missing':
      return `There is no unit ${one.unit}.`
    case 'person-missing':
      return one.machine ? `There is no machine ${one.person}.` : `Nobody is known as ${one.person}.`
    case 'role-missing':
      return `${one.person} does not have the role ${one.role}.`
    case 'person-unassigned':
      return belongs(one.person, null, one.unit)
    case 'camera-unassigned':
      return belongs(`The camera ${one.camera}`, null, one.unit)
    case 'training-missing':
      return `${training(one)} is not in the register.`
    case 'policy-differs': {
      const later = one.later ? ' It is asked for by a later import, once the policy of the agency is confirmed.' : ''
      return `${whose(one.unit)}: ${policyChangeWords('en', one.change)}${later}`
    }
  }
}

export function keptWords(one: Kept): string {
  switch (one.what) {
    case 'zone-differs':
      return `The time zone is ${one.here} here, and ${one.there} in the files.`
    case 'unit-more':
      return `The unit ${one.unit} is not in the files.`
    case 'unit-policy-more':
      return `The unit ${one.unit} has rules of its own here, and none in the files.`
    case 'person-more':
      return `${one.person} is not in the files.`
    case 'role-more':
      return `${one.person} has the role ${one.role} here, and not in the files.`
    case 'person-elsewhere':
      return belongs(one.person, one.unit, one.there)
    case 'camera-elsewhere':
      return belongs(`The camera ${one.camera}`, one.unit, one.there)
    case 'training-more':
      return `${training(one)} is not in the files.`
    case 'training-struck-out':
      return `${training(one)} was struck out here.`
    case 'policy-stricter':
      return `${whose(one.unit)} is stricter here: ${looseningWords('en', one.loosening)}`
  }
}

function belongs(who: string, here: string | null, there: string | null): string {
  const named = (unit: string | null) => (unit === null ? 'no unit' : `the unit ${unit}`)
  return `${who} belongs to ${named(here)} here, and to ${named(there)} in the files.`
}

function training(one: { readonly person: string; readonly course: string; readonly completedAt: number }): string {
  return `The training ${one.course} of ${one.person}, completed ${new Date(one.completedAt).toISOString()},`
}

export function refusalWords(refused: ImportRefusal): string {
  switch (refused.because) {
    case 'odd-file':
      return `${placed(refused)} cannot be used: ${refused.detail}. Nothing was changed.`
    case 'unknown-role':
      return `${placed(refused)} cannot be used: there is no role ${refused.role}. Nothing was changed.`
    case 'pack-differs':
      return `${refused.file} is of the pack ${refused.there}; this agency lives under ${refused.here}, and takes up no policy of another pack. Nothing was changed.`
    case 'machine-and-person':
      return `${placed(refused)} cannot be used: ${refused.name} is a machine here and a person there, or the other way round. Nothing was changed.`
    case 'in-the-future':
      return `${placed(refused)} cannot be used: a training is recorded once it is completed. Nothing was changed.`
    case 'not-to-publish':
      return `${policyFile(refused.unit)} cannot be asked for: ${NOT_TO_PUBLISH[refused.draft] ?? refused.draft}. Nothing was changed.`
  }
}

const NOT_TO_PUBLISH: Readonly<Record<string, string>> = {
  'later-version': 'a version is published for later already; import again once it is in force',
}

function placed({ file, path }: { readonly file: string; readonly path: string }): string {
  return path === '' ? file : `${file}, ${path},`
}
