import type { LogVerdict } from '@vidne/verifier/log-check'
import { counted } from '../answers.ts'

export type Checked = Omit<LogVerdict, 'findings'> & { findings: { fault: string; where: string; text: string }[] }

const NOBODYS_KEY =
  "Nobody's key was given (--trust FILE), so the signature on the checkpoint was not checked: anybody could have made this log."

/** What a check of a log found, as lines for people. `keysGiven`: whether there was a trust file to check it by. */
export function checkedInWords(checked: Checked, told: { cosigned: boolean; keysGiven: boolean }): string[] {
  const { origin, size, events, mapRoots, statements, findings, consistent } = checked
  const parts = [counted(events, 'event'), counted(mapRoots, 'map root'), counted(statements, 'statement')]
  const counts = `${counted(size, 'leaf', 'leaves')}: ${parts.join(', ')}`
  return [
    `${origin ?? 'The log'} ${standingOf(checked)} ${counts}.`,
    ...(consistent ? ['Every tile, the signed root and every map root were recomputed; no label comes twice.'] : []),
    ...(consistent && !told.keysGiven ? [NOBODYS_KEY] : []),
    ...findings.map(({ fault, where, text }) => `  ${fault} (${where}): ${text}`),
    ...(told.cosigned ? ['Its checkpoint was countersigned.'] : []),
  ]
}

/** A log that nobody vouches for here may be a good one: it is not called unsound in words that others would repeat. */
function standingOf({ sound, consistent }: Checked): string {
  if (sound) return 'is sound.'
  return consistent ? 'is consistent with itself; who vouches for it is not established.' : 'is not sound.'
}
