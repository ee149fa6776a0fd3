// Runs the tests that name a row of docs/requirements.md, and says which rows they show and which are missing.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { idsIn, reportOf, requirementRows, type Outcome } from './requirement-rows.ts'
import { filesOf, root, textOf } from './tree.ts'

type Run = {
  testResults: { name: string; message: string; assertionResults: { fullName: string; status: string }[] }[]
}

const asJson = process.argv.includes('--json')
const outcomes = run()
const rows = requirementRows()
const report = reportOf(rows, outcomes)
if (asJson) console.log(JSON.stringify(report))
else tell()
process.exitCode = outcomes.every(({ passed }) => passed) ? 0 : 1

/** The tests' own words go to stderr, so that what is read from stdout is the report. */
function run(): Outcome[] {
  const naming = filesOf('*/**/*.test.ts').filter(path => idsIn(textOf(path)).length > 0 && !path.startsWith('checks/'))
  if (naming.length === 0) return []
  const folder = mkdtempSync(join(tmpdir(), 'vidne-requirements-'))
  try {
    const file = join(folder, 'run.json')
    const args = ['run', '--reporter=default', '--reporter=json', `--outputFile=${file}`, '-t', '(S[1-5]|I)-[0-9][0-9]']
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    spawnSync(process.execPath, [vitest, ...args, ...naming], { cwd: root, stdio: ['ignore', 2, 2] })
    return outcomesOf(JSON.parse(readFileSync(file, 'utf8')))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function outcomesOf({ testResults }: Run): Outcome[] {
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const file = relative(root, name)
    // A file that could not be read has no tests to say so.
    if (assertionResults.length === 0)
      return idsIn(textOf(file)).map(id => ({ name: `${id} ${message}`, file, passed: false }))
    return assertionResults
      .filter(({ fullName }) => idsIn(fullName).length > 0)
      .map(({ fullName, status }) => ({ name: fullName, file, passed: status === 'passed' }))
  })
}

function tell(): void {
  const checks = new Map(rows.map(({ id, check }) => [id, check]))
  console.log(`\nShown by ${outcomes.length} tests: ${report.rows.length} of ${rows.length} rows`)
  for (const { id, tests } of report.rows) for (const test of tests) console.log(`  ${id}  ${test}`)
  console.log(`\nMissing: ${report.missing.length}`)
  for (const id of report.missing) console.log(`  ${id}  ${checks.get(id)}`)
  const failed = outcomes.filter(({ passed }) => !passed)
  if (failed.length > 0) console.log('\nDid not pass, so their rows do not count:')
  for (const { file, name } of failed) console.log(`  ${file}: ${name}`)
}
