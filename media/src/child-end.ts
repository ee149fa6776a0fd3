import { setPriority } from 'node:os'
import type { ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { NotParsable } from './footage.ts'

export type Child = ChildProcessByStdio<Writable, Readable, Readable>

/** How a child ended: its exit code, or null when a signal ended it, and what to call it if it had not been done. */
export type End = { code: number | null; because: NotParsable }

const STDERR_CHARS = 16_384

/**
 * Waits for the end of a child that parses hostile bytes, and keeps it from disturbing anyone meanwhile. What it complains of is
 * read to tell the reason and never leaves here: it may quote the footage. Rejects when the child could not be started.
 */
export function endOf(child: Child): Promise<End> {
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(0, STDERR_CHARS)))
  // Writing to a child that has died is no fault of ours; its end says why it died.
  child.stdin.on('error', () => undefined)
  child.on('spawn', () => lowerPriority(child.pid))
  const end = new Promise<End>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, because: because(code, signal, said) }))
  })
  // The caller awaits it later; a child that cannot start must not count as unhandled until then.
  end.catch(() => undefined)
  return end
}

/** The kernel's processor limit says SIGXCPU, its memory killer SIGKILL; a sandbox passes signals on as codes above 128. */
function because(code: number | null, signal: NodeJS.Signals | null, said: string): NotParsable {
  if (signal === 'SIGXCPU' || code === 152) return 'timeout'
  if (signal === 'SIGKILL' || code === 137) return 'memory'
  if (/out of memory|allocation failed|bad_alloc|cannot allocate memory/i.test(said)) return 'memory'
  return 'crashed'
}

function lowerPriority(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, 10)
  } catch {
    // It may have ended already, or the system may forbid it. Neither matters to the result.
  }
}
