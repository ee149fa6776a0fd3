import { table } from '../answers.ts'

/** The options of every command that works on the installation's own folder. */
export const dataOption = {
  type: 'string',
  env: 'VIDNE_DATA',
  required: true,
  help: 'the data folder of the installation',
} as const

export const jsonOption = { type: 'boolean', help: 'answers as JSON' } as const

/** One line a finding: whether it is well, what it is about, and what to do. */
export function findingLines(
  findings: readonly { code: string; ok: boolean; stops: boolean; text: string }[],
): string[] {
  return table(findings.map(({ code, ok, stops, text }) => [ok ? 'ok' : stops ? 'STOPS' : 'weak', code, text]))
}
