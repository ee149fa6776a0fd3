import { existsSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = join(import.meta.dirname, '../../../../shared/conformance')

/**
 * The folder of vectors that others made, or null where the checkout has none beside it. On the build machine a missing
 * folder is an error: a suite that was left out must not look like one that passed.
 */
export function conformanceFolder(name: string): string | null {
  const folder = join(FOLDER, name)
  if (existsSync(folder)) return folder
  if (process.env['CI'] === 'true') throw new Error(`no conformance vectors in ${folder}`)
  process.stderr.write(`left out: conformance vectors, because ${folder} is missing\n`)
  return null
}
