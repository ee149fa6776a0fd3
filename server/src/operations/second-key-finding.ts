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
    const about = `Public checkpoints are signed by the log's second key (ML-DSA-44) too.`
    const named = (await readFile(trust, 'utf8').catch(() => '')).split('\n').some(line => line.includes(vkey))
    return named
      ? [good('second-key', `${about} It stands in ${trust}: ${vkey}`)]
      : [
          weak(
            'second-key',
            `${about} ${trust} does not name it, so nobody checks that. Add this line there, and in copies: log ${vkey}`,
          ),
        ]
  } catch (error) {
    if (!(error instanceof KeyRefused)) throw error
    return [bad('second-key', `${secondKey} holds no key: ${error.message}. Put the right file back.`)]
  }
}
