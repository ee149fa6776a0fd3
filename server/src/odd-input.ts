import { ORPCError } from '@orpc/server'
import { refusalWords } from '@vidne/locales/refusals'
import type { About } from './platform/http/about.ts'

type Issue = { readonly path?: readonly unknown[] }

/** What the contract does not take, with the fields it is about. The issues stay with it, for programs. */
export function oddInput({ language }: About, error: ORPCError<string, unknown>): ORPCError<string, unknown> {
  const data = typeof error.data === 'object' && error.data !== null ? error.data : {}
  const issues: readonly Issue[] = 'issues' in data && Array.isArray(data.issues) ? data.issues : []
  const fields = [...new Set(issues.map(({ path = [] }) => path.join('.')))].filter(name => name !== '')
  const sentence = refusalWords(language, 'all', 'odd-input', { fields: fields.join(', ') || '–' })
  const { code, status, message, defined } = error
  return new ORPCError(code, { defined, status, message, data: { ...data, sentence }, cause: error })
}
