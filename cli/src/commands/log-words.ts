import type { LogVerdict } from '@vidne/verifier/log-check'
import { counted } from '../answers.ts'

export type Checked = Omit<LogVerdict, 'findings'> & { findings: { fault: string; where: string; text: string }[] }

/** What a check of a log found, as lines for people. */
export function checkedInWords(checked: Checked, cosigned: boolean): string[] {
  const { origin, size, events, mapRoots, statements, findings } = checked
  const parts = [counted(events, 'event'), counted(mapRoots, 'map root'), counted(statements, 'statement')]
  const counts = `${counted(size, 'leaf', 'leaves')}: ${parts.join(', ')}`
  return [
    `${origin ?? 'The log'} ${standingOf(checked)} ${counts}.`,
    ...(checked.sound ? ['Every tile, the signed root and every map root were recomputed; no label comes twice.'] : []),
    ...findings.map(({ fault, where, text }) => `  ${fault} (${where}): ${text}`),
    ...(cosigned ? ['Its checkpoint was countersigned.'] : []),
  ]
}

/** A log that nobody vouches for here may be a good one: it is not called unsound in words that others would repeat. */
function standingOf({ sound, findings }: Checked): string {
  if (sound) return 'is sound.'
  const unknown = findings.every(({ fault }) => fault === 'signer-unknown')
  return unknown ? 'is consistent with itself; who vouches for it is not established.' : 'is not sound.'
}
