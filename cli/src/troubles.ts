import { faultWords } from '@vidne/dock-agent/faults'

/** What a person is told instead of what our code threw; `code`: 1 refused, 2 what was typed or named cannot be used. */
export type Trouble = { sentence: string; code: 1 | 2 }

/** Refusals of what was typed or named. They carry their sentence. */
const UNUSABLE: ReadonlySet<string> = new Set([
  'UsageRefused',
  'SettingRefused',
  'FolderRefused',
  'ObjectsUrlRefused',
  'WishRefused',
])

/** What says in its own words what is wrong and what to do: refusals, and parts of an installation that are away or damaged. */
const WORDED = /(?:Refused|Away|DiskFull|Degraded|Damaged|Locked|InUse)$/

/** Null for what only our own code can have broken: that stays as it is. */
export function troubleOf(error: unknown): Trouble | null {
  if (!(error instanceof Error)) return null
  if (UNUSABLE.has(error.name)) return { sentence: error.message, code: 2 }
  if (WORDED.test(error.name)) return { sentence: error.message, code: 1 }
  return unanswered(error) ?? unusable(error)
}

/** An address that does not answer; `fetch` hides why in the cause. */
function unanswered(error: Error): Trouble | null {
  if (error.name === 'TimeoutError') return { sentence: 'The server took too long to answer.', code: 1 }
  if (!(error instanceof TypeError) || error.message !== 'fetch failed') return null
  const { cause } = error
  const why = faultWords(cause) ?? (cause instanceof Error ? cause.message : 'no reason was given')
  return {
    sentence: `The server does not answer: ${why}. Is the installation running, and is the address right?`,
    code: 1,
  }
}

/** A file or folder that the machine does not give. */
function unusable(error: Error): Trouble | null {
  if (!('syscall' in error)) return null
  const why = faultWords(error)
  if (why === null) return null
  const what = 'path' in error ? String(error.path) : String(error.syscall)
  return { sentence: `${what} cannot be used: ${why}`, code: 2 }
}
