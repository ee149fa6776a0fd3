import { DEFAULT_LIMITS } from './footage.ts'
import { readByFfprobe } from './ffprobe.ts'
import { readByProcess } from './reading-process.ts'
import { readingTools } from './sandbox.ts'
import type { FootageSource, NotParsable, Reading, ReadingLimits } from './footage.ts'

/**
 * Reads what footage says about itself: first our own header reader and mediabunny, then, where they cannot, ffprobe if the
 * machine has it. Each runs in a process of its own with limits on time and memory, without network, and is fed by a pipe: no
 * plaintext reaches a disk. Facts said before a parser was killed are kept.
 *
 * Whatever the bytes do, the answer is a Reading. Rejects only when `source.read` rejects or no process can be started.
 */
export async function readFootage(source: FootageSource, limits: ReadingLimits = {}): Promise<Reading> {
  const full = { ...DEFAULT_LIMITS, ...limits }
  if (source.bytes === 0) return { parsable: false, because: 'unknown-format', facts: [] }
  const first = await readByProcess(source, full)
  if (first.outcome === 'parsable') return { parsable: true, facts: first.facts }
  const { ffprobe } = await readingTools()
  if (ffprobe === null) return { parsable: false, because: first.outcome, facts: first.facts }
  const second = await readByFfprobe(source, full, ffprobe)
  const facts = [...first.facts, ...second.facts]
  if (second.outcome === 'parsable') return { parsable: true, facts }
  return { parsable: false, because: graver(first.outcome, second.outcome), facts }
}

/** That a parser was killed says more than that another did not know the format. */
function graver(first: NotParsable, second: NotParsable): NotParsable {
  return first === 'unknown-format' ? second : first
}
