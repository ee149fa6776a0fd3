import { type FindingKey, isFindingKey, ofFindings } from '@vidne/locales/findings'
import { numberWords } from '@vidne/locales/forms'
import type { Language } from '@vidne/locales/say'
import { z } from 'zod'
import { type Still, stillWords } from '../platform/still.ts'

/** What was found, as a closed code with values; a value may be something that has words of its own. */
export type Said =
  | { readonly say: FindingKey; readonly values?: Readonly<Record<string, string | number | Said>> }
  | { readonly still: Still }

/**
 * One thing that was looked at: `code` names it for programs, `said` is what was found, worded where it is shown. `stops`: the
 * installation does not do its work until it is answered.
 */
export type Finding = { readonly code: string; readonly ok: boolean; readonly stops: boolean; readonly said: Said }

type Values = Readonly<Record<string, string | number | Said>>

export function good(code: string, say: FindingKey, values: Values = {}): Finding {
  return { code, ok: true, stops: false, said: { say, values } }
}

/** Something is switched off, weak or missing, and the installation works without it. */
export function weak(code: string, say: FindingKey, values: Values = {}): Finding {
  return { code, ok: false, stops: false, said: { say, values } }
}

export function bad(code: string, say: FindingKey, values: Values = {}): Finding {
  return { code, ok: false, stops: true, said: { say, values } }
}

/** What was found in words, numbers in the form of the language. */
export function saidWords(language: Language, said: Said): string {
  if ('still' in said) return stillWords(language, said.still)
  const told = Object.entries(said.values ?? {}).map(([name, value]) => [name, valueWords(language, value)] as const)
  return ofFindings(language, said.say, Object.fromEntries(told))
}

function valueWords(language: Language, value: string | number | Said): string {
  if (typeof value === 'number') return numberWords(language, value, 2)
  return typeof value === 'string' ? value : saidWords(language, value)
}

/** A finding as it is shown in a language. */
export type Told = Omit<Finding, 'said'> & { readonly text: string }

export function toldIn(language: Language, { said, ...finding }: Finding): Told {
  return { ...finding, text: saidWords(language, said) }
}

/** What the server answers to the operator's command: of the same version, since both come from one program. */
export const FindingAnswer = z.strictObject({
  code: z.string(),
  ok: z.boolean(),
  stops: z.boolean(),
  said: z.custom<Said>(isSaid),
})

function isSaid(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if ('say' in value) return typeof value.say === 'string' && isFindingKey(value.say)
  return 'still' in value && typeof value.still === 'object'
}
