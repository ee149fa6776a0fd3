import { type Box, type Read, text } from './boxes.ts'
import type { Fact } from './facts.ts'
import { fixInGpmf } from './gpmf.ts'
import { fixInNmea } from './nmea.ts'
import { fixesOfNovatek } from './novatek.ts'
import { type TextTrack, samplesOf } from './samples.ts'
import { type Fix, trackFacts } from './track.ts'

// Where the camera went, as receivers in it wrote it beside pictures and sound: GPMF in a track of its own, NMEA in subtitles, the
// box `gps `. Of a file in fragments nothing is read.

type File = { readonly bytes: number; readonly read: Read; readonly tell: (fact: Fact) => void }

/** Pictures, sound, a clock, what was measured; a file with more is read no further. */
const TRACKS = 16
const PARSER = 'vidne telemetry 1'
const FORMATS: ReadonlySet<string> = new Set(['gpmd', 'text', 'tx3g'])
/** A payload of GPMF holds all of a second's sensors. */
const SAMPLE_BYTES = 256 * 1024

/** Whether a box of a movie can say where the camera went. */
export function saysWhere({ type }: Box): boolean {
  return type === 'trak' || type === 'gps '
}

/** Tells the way that one of these boxes says, the first that does. Never throws on any bytes. */
export function readWay(file: File, candidates: readonly Box[]): void {
  for (const box of candidates.slice(0, TRACKS)) {
    const facts = box.type === 'trak' ? inTrack(file, box) : inBox(file, box)
    facts.forEach(file.tell)
    if (facts.length > 0) return
  }
}

function inBox({ bytes, read }: File, box: Box): Fact[] {
  return trackFacts(fixesOfNovatek(bytes, read, box), 'moov.gps', PARSER)
}

function inTrack({ bytes, read }: File, box: Box): Fact[] {
  const track = samplesOf(bytes, read, box, FORMATS)
  return track === null ? [] : trackFacts(fixesIn(track, read), `track ${track.id} ${track.format}`, PARSER)
}

function fixesIn({ format, samples }: TextTrack, read: Read): Fix[] {
  return samples.flatMap(({ at, bytes, ms }) => {
    if (bytes > SAMPLE_BYTES) return []
    const sample = read(at, bytes)
    const fix = format === 'gpmd' ? fixInGpmf(sample, ms) : fixInNmea(text(sample), ms)
    return fix === null ? [] : [fix]
  })
}
