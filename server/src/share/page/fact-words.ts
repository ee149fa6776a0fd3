import { bytesWords, durationWords, instantWords, numberWords, plainText } from '@vidne/locales/forms'
import { type TellKey, tell } from '@vidne/locales/tell'
import type { FactName } from '@vidne/media/facts'
import type { Json } from '@vidne/evidence/jcs'
import type { SealedFact } from './claims.ts'
import { type Reading, membersOf } from './content.ts'
import { codeWords } from './vocabulary.ts'

type Words = (reading: Reading, value: Json, fact: SealedFact, all: readonly SealedFact[]) => string | null

const number =
  (words: (reading: Reading, value: number) => string): Words =>
  (reading, value) =>
    typeof value === 'number' ? words(reading, value) : null

const text =
  (words: (reading: Reading, value: string) => string): Words =>
  (reading, value) =>
    typeof value === 'string' ? words(reading, value) : null

/** How each fact is told; null: it is one for machines, or told together with another. */
const TOLD: Readonly<Record<FactName, { label: TellKey; words: Words } | null>> = {
  'created-at': {
    label: 'fact.recordedAt',
    words: number(({ language, zone }, at) => instantWords(language, at, zone, 'seconds')),
  },
  'duration-ms': { label: 'fact.duration', words: number(({ language }, ms) => durationWords(language, ms)) },
  place: { label: 'fact.place', words: placeWords },
  track: { label: 'fact.track', words: trackWords },
  'track-area': null,
  kind: { label: 'fact.kind', words: text((reading, kind) => codeWords(reading, 'kind', kind)) },
  container: { label: 'fact.container', words: text((reading, name) => codeWords(reading, 'container', name)) },
  'video-codec': { label: 'fact.videoCodec', words: text((_, codec) => codecName(codec)) },
  width: null,
  height: { label: 'fact.video', words: sizeWords },
  rotation: { label: 'fact.rotation', words: number(({ language }, degrees) => `${numberWords(language, degrees)}°`) },
  'audio-codec': { label: 'fact.audioCodec', words: text((_, codec) => codecName(codec)) },
  'audio-channels': {
    label: 'fact.audio',
    words: number(({ language }, channels) => tell(language, 'fact.channels', { channels })),
  },
  'audio-sample-rate': {
    label: 'fact.audio',
    words: number(({ language }, hertz) => tell(language, 'fact.sampleRate', { hertz: numberWords(language, hertz) })),
  },
  'missing-bytes': { label: 'fact.missing', words: number(({ language }, bytes) => bytesWords(language, bytes)) },
  'start-ms': null,
  keyframes: null,
  'keyframe-times-ms': null,
}

/** What a file says of itself in words; null where it is for machines only, or nothing that a parser of ours says. */
export function factWords(
  reading: Reading,
  fact: SealedFact,
  all: readonly SealedFact[],
): { label: TellKey; value: string } | null {
  const told = isFact(fact.name) ? TOLD[fact.name] : null
  const value = told?.words(reading, fact.value, fact, all) ?? null
  return told === null || value === null ? null : { label: told.label, value }
}

function isFact(name: string): name is FactName {
  return Object.hasOwn(TOLD, name)
}

/** Width and height come as two facts and mean something only together. */
function sizeWords(
  { language }: Reading,
  height: Json,
  { parser }: SealedFact,
  all: readonly SealedFact[],
): string | null {
  const width = all.find(fact => fact.name === 'width' && fact.parser === parser)?.value
  if (typeof width !== 'number' || typeof height !== 'number') return null
  return tell(language, 'fact.pixels', { width, height })
}

/** Degrees of WGS 84 to about a metre. */
function placeWords({ language }: Reading, value: Json): string | null {
  const { latitudeE7, longitudeE7, altitudeMm } = membersOf(value)
  if (typeof latitudeE7 !== 'number' || typeof longitudeE7 !== 'number') return null
  const degrees = (e7: number) => `${numberWords(language, Math.abs(e7) / 1e7, 5)}°`
  const north = `${degrees(latitudeE7)} ${tell(language, latitudeE7 < 0 ? 'fact.south' : 'fact.north')}`
  const place = `${north}, ${degrees(longitudeE7)} ${tell(language, longitudeE7 < 0 ? 'fact.west' : 'fact.east')}`
  if (typeof altitudeMm !== 'number') return place
  return tell(language, 'fact.placeAltitude', { place, metres: numberWords(language, altitudeMm / 1000) })
}

/** How far, and by which clock; where it went is drawn on the desk, and stands in the fact for who checks. */
function trackWords({ language, zone }: Reading, value: Json): string | null {
  const { from, until, metres } = membersOf(value)
  if (typeof metres !== 'number') return null
  const kilometres = numberWords(language, metres / 1000, 2)
  if (typeof from !== 'number' || typeof until !== 'number') return tell(language, 'fact.trackNoClock', { kilometres })
  const at = (instant: number) => instantWords(language, instant, zone, 'seconds')
  return tell(language, 'fact.trackWords', { from: at(from), until: at(until), kilometres })
}

const CODECS: ReadonlyMap<string, string> = new Map([
  ['h264', 'H.264'],
  ['hevc', 'H.265 (HEVC)'],
  ['vp8', 'VP8'],
  ['vp9', 'VP9'],
  ['av1', 'AV1'],
  ['mjpeg', 'Motion JPEG'],
  ['mpeg4', 'MPEG-4'],
  ['aac', 'AAC'],
  ['mp3', 'MP3'],
  ['opus', 'Opus'],
  ['vorbis', 'Vorbis'],
  ['flac', 'FLAC'],
  ['ulaw', 'G.711 (µ-law)'],
  ['alaw', 'G.711 (A-law)'],
])

/** Codecs have the same name in every language. */
function codecName(codec: string): string {
  if (/^pcm[-_]/.test(codec)) return 'PCM'
  return CODECS.get(codec) ?? plainText(codec)
}
