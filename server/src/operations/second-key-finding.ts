import { readFile } from 'node:fs/promises'
import { KeyRefused, signerFromKey } from '@vidne/tlog/keys'
import type { Founded } from '../ground.ts'
import { placesOf } from '../places.ts'
import { type Finding, bad, good, weak } from './finding.ts'

/** The public half of the log's second key, for trust files; none where the key is missing, which is told elsewhere. */
export async function secondKeyFindings(settings: Founded): Promise<Finding[]> {
  const { secondKey, trust } = placesOf(settings)
  const skey = await readFile(secondKey, 'utf8').catch(() => null)
  if (skey === null) return []
  try {
    const { vkey } = await signerFromKey(skey.trim())
    const named = (await readFile(trust, 'utf8').catch(() => '')).split('\n').some(line => line.includes(vkey))
    return named
      ? [good('second-key', 'second-key', { trust, key: vkey })]
      : [weak('second-key', 'second-key-not-named', { trust, key: vkey })]
  } catch (error) {
    if (!(error instanceof KeyRefused)) throw error
    return [bad('second-key', 'second-key-refused', { path: secondKey, what: error.message })]
  }
}
