import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseAway } from '@vidne/server/platform/database/errors'
import { ObjectsAway } from '@vidne/server/platform/objects/objects'
import { SettingRefused } from '@vidne/server/platform/settings/settings'
import { VaultLocked } from '@vidne/server/platform/vault/vault'
import { expect, test } from 'vitest'
import { CommandRefused, UsageRefused } from './command.ts'
import { troubleOf } from './troubles.ts'

async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

test.each([
  [new UsageRefused('--x is missing'), 2],
  [new SettingRefused('--port cannot be used'), 2],
  [new CommandRefused('nobody may'), 1],
  [new DatabaseAway('the database does not answer'), 1],
  [new ObjectsAway('the store does not answer'), 1],
  [new VaultLocked('wrong master key'), 1],
])('%s is told in its own words, and exits with %i', (error, code) => {
  expect(troubleOf(error)).toEqual({ sentence: error.message, code })
})

test('what the machine refuses is told by its path', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vidne-trouble-'))
  const missing = await thrownBy(() => readFileSync(join(folder, 'none')))
  expect(troubleOf(missing)).toEqual({
    sentence: `${join(folder, 'none')} cannot be used: there is no such file or folder`,
    code: 2,
  })
  rmSync(folder, { recursive: true })
})

test('an address that does not answer is told as such, and not as a broken program', async () => {
  const unanswered = await thrownBy(() => fetch('http://127.0.0.1:9'))
  expect(troubleOf(unanswered)).toEqual({ sentence: expect.stringMatching(/^The server does not answer: /), code: 1 })
})

test('what only our own code can have broken stays as it is', () => {
  for (const error of [new TypeError('x is not a function'), new Error('never'), 'text'])
    expect(troubleOf(error)).toBeNull()
})
