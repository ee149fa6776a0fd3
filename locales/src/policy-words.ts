import da from '../changes/da.json' with { type: 'json' }
import de from '../changes/de.json' with { type: 'json' }
import en from '../changes/en.json' with { type: 'json' }
import sv from '../changes/sv.json' with { type: 'json' }
import { periodWords, quoted } from './forms.ts'
import { type Language, type Messages, find, worded } from './say.ts'

const messages: Record<Language, Messages> = { en, da, sv, de }

/** One difference between two policies, as `diff` gives it. */
type Change = {
  readonly path: string
  readonly what: keyof typeof en.change
  readonly effect: keyof typeof en.effect
  readonly from: string | null
  readonly to: string | null
}

/** One way in which an override would have loosened a policy, as `merge` and `loosened` give it. */
type Loosening = {
  readonly path: string
  readonly because: keyof typeof en.loosening
  readonly from: string | null
  readonly to: string | null
}

/** Why an override could not be read, as `readOverride` gives it. */
type Refusal = { readonly path: string; readonly because: keyof typeof en.override; readonly detail: string | null }

/** What people read for a code of a policy at a path; null where it has no words. The packs know them, this package does not. */
export type CodeWords = (path: string, code: string) => string | null

const noWords: CodeWords = () => null

/** A difference between two policies in a sentence, with which way it goes. */
export function policyChangeWords(language: Language, change: Change, codeWords: CodeWords = noWords): string {
  const effect = worded(messages[language], `effect.${change.effect}`, {})
  return sentence(language, `change.${change.what}`, change, { effect }, codeWords)
}

/** Why a part of an override was refused, in a sentence that says what to do. */
export function looseningWords(language: Language, loosening: Loosening, codeWords: CodeWords = noWords): string {
  return sentence(language, `loosening.${loosening.because}`, loosening, {}, codeWords)
}

/** Why an override could not be read, in a sentence that names the place and says what to do. */
export function overrideRefusalWords(language: Language, { path, because, detail }: Refusal): string {
  const shown = detail ?? worded(messages[language], 'value.none', {})
  return worded(messages[language], `override.${because}`, { path, detail: shown })
}

type Differing = { readonly path: string; readonly from: string | null; readonly to: string | null }

function sentence(
  language: Language,
  key: string,
  { path, from, to }: Differing,
  more: Readonly<Record<string, string>>,
  codeWords: CodeWords,
): string {
  const value = (code: string | null) => valueIn(language, path, code, codeWords)
  const rule = ruleIn(language, path)
  return worded(messages[language], key, { ...more, rule, from: value(from), to: value(to) })
}

/** The name of a rule in words, and what of it is meant: "How long footage is kept, “evidence”". */
function ruleIn(language: Language, path: string): string {
  const [field = '', ...inner] = path.split('.')
  const [part = '', ...rest] = inner
  const ofPart = find(messages[language], `field.${field}_${part}`)
  const name = ofPart ?? find(messages[language], `field.${field}`) ?? field
  const left = ofPart === null ? inner : rest
  return left.length === 0 ? name : `${name}, ${quoted(language, left.join(' '))}`
}

function valueIn(language: Language, path: string, code: string | null, codeWords: CodeWords): string {
  const fixed = find(messages[language], `value.${code ?? 'none'}`)
  if (code === null || code === 'true' || code === 'false') return fixed ?? ''
  return codeWords(path, code) ?? periodWords(language, code) ?? quoted(language, code)
}
