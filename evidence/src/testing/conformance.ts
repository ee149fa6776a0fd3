import { existsSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = join(import.meta.dirname, '../../../../shared/conformance')

/** The folder of vectors that others made; `missing` says in words that the checkout has none beside it. */
export function conformanceFolder(name: string): { folder: string; missing: string | null } {
  const folder = join(FOLDER, name)
  return { folder, missing: existsSync(folder) ? null : `there is no ${folder}` }
}
