import { readFootage } from '@vidne/media/read-footage'
import type { MediaReading, ReadMedia } from './dock/dock.ts'

/** Lets `media` read a recording for the dock. What the file says of its own time becomes the recording's, with its source. */
export const mediaReader: ReadMedia = async footage => {
  const reading = await readFootage(footage)
  const parser = reading.facts.at(-1)?.parser ?? 'none'
  if (!reading.parsable) return { parsable: false, parser, because: reading.because }
  return { parsable: true, parser, facts: reading.facts, recordedAt: recordedAt(reading.facts) }
}

/** Cameras that do not know the time write zero: 1904 or 1970. Such a date is a fact of the file, not of the recording. */
const earliest = Date.UTC(1990, 0)

function recordedAt(
  facts: readonly { name: string; value: unknown; source: string }[],
): Extract<MediaReading, { parsable: true }>['recordedAt'] {
  const said = facts.find(fact => fact.name === 'created-at' && typeof fact.value === 'number' && fact.value > earliest)
  return typeof said?.value === 'number' ? { at: said.value, source: said.source } : null
}
