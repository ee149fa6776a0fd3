import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** The git checkout that a folder lies in, or null. The folder itself need not be there yet. */
export function checkoutAround(folder: string): string | null {
  const place = resolve(folder)
  if (existsSync(join(place, '.git'))) return place
  return dirname(place) === place ? null : checkoutAround(dirname(place))
}
