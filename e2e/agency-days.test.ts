import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Installation, found } from './installation.ts'

let here: Installation
let recording: string

beforeAll(async () => {
  here = await found('de-nrw-oa')
  const camera = mkdtempSync(join(tmpdir(), 'vidne-days-'))
  writeFileSync(join(camera, '1.mp4'), 'footage')
  const docked = await here.run(['dock', camera, '--json'], here.deviceToken)
  ;({ recording } = JSON.parse(docked.out) as { recording: string })
})
afterAll(() => here?.stop())

const answered = async (...words: string[]): Promise<unknown> => JSON.parse((await here.run([...words, '--json'])).out)

test("a day that is typed is the whole of it in the agency's time zone, summer and winter", async () => {
  const token = ['token', 'create', '--role', 'auditor'] as const
  expect(await answered(...token, '--person', 'A', '--expires', '2099-12-31')).toMatchObject({
    expires: '2099-12-31T22:59:59.000Z',
  })
  expect(await answered('due', '--by', '2099-07-31')).toMatchObject({ by: '2099-07-31T21:59:59.000Z' })
  expect(await answered('hold', recording, '--reason', 'needed', '--review', '2099-07-01')).toMatchObject({
    review: '2099-06-30T22:00:00.000Z',
  })
})

test('a moment stays the moment it is, and no day is refused before anything is asked', async () => {
  expect(await answered('due', '--by', '2099-07-31T23:59:59+02:00')).toMatchObject({ by: '2099-07-31T21:59:59.000Z' })
  for (const odd of ['2099-02-30', '31.12.2099', 'soon'])
    expect(await here.run(['due', '--by', odd])).toMatchObject({ code: 2, err: expect.stringContaining('--by') })
})
