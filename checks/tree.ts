import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const root = dirname(import.meta.dirname)

/** Every file of the checkout that matches, as paths below its root; packages and built things are left out. */
export function filesOf(...patterns: string[]): string[] {
  const outside = ['**/node_modules/**', '**/dist/**', '**/.git/**']
  return globSync(patterns, { cwd: root, exclude: outside })
    .filter(path => !path.includes('node_modules'))
    .toSorted()
}

export function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}
