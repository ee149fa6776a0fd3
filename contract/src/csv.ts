const NUMBER = /^-?\d+(?:\.\d+)?$/

/** Before the first line of a table, so that spreadsheets read it as UTF-8. */
export const CSV_MARK = '\u{feff}'

/** A line of a table as CSV (RFC 4180), with its end. No cell is taken for a formula by a spreadsheet: names are anybody's. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\r\n`
}

function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) && !NUMBER.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
