import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const FOLDER = join(import.meta.dirname, '..')

test.each([
  ['in Node', []],
  ['with the crypto of browsers', ['--conditions=browser']],
])('the example in the README does what it says, %s', async (_, conditions) => {
  const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8')
  const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(match => match[1] ?? '')
  expect(examples).toHaveLength(1)
  // Run from the package's own folder, where `@vidne/tlog/…` means its own exports.
  const flags = [...conditions, '--input-type=module-typescript', '--eval', examples[0]!]
  const { stdout } = await run(process.execPath, flags, { cwd: FOLDER })
  expect(stdout).toBe('entry 42 of 302, countersigned by neighbour\n')
})
