import { textOf } from './tree.ts'

const PAGE = 'docs/requirements.md'
const ID = /\b(?:S[1-5]-\d\d|I-\d\d)\b/g

/** A row of docs/requirements.md: what has to be shown, in the words of its acceptance check. */
export type Row = { readonly id: string; readonly check: string }

/** A test that ran or was left out, by its whole name (groups first). */
export type Outcome = { readonly name: string; readonly file: string; readonly passed: boolean }

/** `missing`: rows without a test, or with one that failed or did not run. */
export type Report = {
  readonly rows: readonly { readonly id: string; readonly tests: readonly string[] }[]
  readonly missing: readonly string[]
}

export function requirementRows(): Row[] {
  return textOf(PAGE)
    .split('\n')
    .filter(line => /^\| (?:S[1-5]|I)-\d\d \|/.test(line))
    .map(line =>
      line
        .slice(2, -2)
        .split(' | ')
        .map(cell => cell.trim()),
    )
    .map(cells => ({ id: cells[0] ?? '', check: cells.at(-1) ?? '' }))
}

/** The rows that a text names. */
export function idsIn(text: string): string[] {
  return [...new Set(text.match(ID))]
}

/** Which rows are shown by tests that ran and passed. One test of a row that did not pass takes the row away. */
export function reportOf(rows: readonly Row[], outcomes: readonly Outcome[]): Report {
  const shown = rows.map(({ id }) => {
    const naming = outcomes.filter(({ name }) => idsIn(name).includes(id))
    const holds = naming.length > 0 && naming.every(({ passed }) => passed)
    return { id, tests: holds ? naming.map(({ file, name }) => `${file}: ${name}`) : [] }
  })
  return {
    rows: shown.filter(({ tests }) => tests.length > 0),
    missing: shown.filter(({ tests }) => tests.length === 0).map(({ id }) => id),
  }
}
