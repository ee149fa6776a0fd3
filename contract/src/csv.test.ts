import { expect, test } from 'vitest'
import { csvLine } from './csv.ts'

test('a cell with marks of the format is quoted, and none is a formula for a spreadsheet', () => {
  expect(csvLine(['a', 'b,c', 'say "no"', 'two\nlines'])).toBe('a,"b,c","say ""no""","two\nlines"\r\n')
  expect(csvLine(['=1+1', '+2', '-cmd', '@SUM(A1)', '-12.5'])).toBe(
    "'=1+1,+2,'-cmd,'@SUM(A1),-12.5\r\n".replace(',+2,', ",'+2,"),
  )
})
