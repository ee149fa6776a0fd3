import { expect, test } from 'vitest'
import * as z from 'zod'
import { namedId } from './recordings.ts'

test('what is no id is refused in words, and not by the name of a format', () => {
  const { error } = z.object({ id: namedId }).safeParse({ id: 'the film of yesterday' })
  expect(error?.issues.map(issue => issue.message)).toEqual(['this is no id; copy one from its list'])
})
