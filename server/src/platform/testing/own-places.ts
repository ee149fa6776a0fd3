import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const OWN = { TMPDIR: 'tmp', XDG_STATE_HOME: 'state', XDG_DATA_HOME: 'data', XDG_CONFIG_HOME: 'config' } as const

/**
 * vitest's globalSetup: temporary files, and what commands keep for their user (journals, receipts, default data folders), lie in a
 * folder of the run's own and go with it. Every process that a test starts inherits it.
 */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'vidne-run-'))
  // PostgreSQL runs as a user of its own and has to get through.
  chmodSync(folder, 0o755)
  for (const [variable, name] of Object.entries(OWN)) {
    mkdirSync(join(folder, name))
    process.env[variable] = join(folder, name)
  }
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
