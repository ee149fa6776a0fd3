import { isRecord, parseFact } from './facts.ts'
import { parseIso6709 } from './place.ts'
import type { Fact } from './facts.ts'

/** What ffprobe says about a file with at least one track of picture or sound. */
export type Probed = { parser: string; hasVideo: boolean; facts: Fact[] }

const CONTAINERS = new Map([
  ['mov,mp4,m4a,3gp,3g2,mj2', 'mp4'],
  ['matroska,webm', 'mkv'],
  ['mpegts', 'mpeg-ts'],
])

/** Takes the facts out of ffprobe's answer; null where it found no footage, or said something that ffprobe does not say. */
export function parseProbe(text: string): Probed | null {
  const answer = parseJson(text)
  if (!isRecord(answer) || !isRecord(answer['format']) || !Array.isArray(answer['streams'])) return null
  const streams = answer['streams'].filter(isRecord)
  const video = streams.find(stream => stream['codec_type'] === 'video')
  const audio = streams.find(stream => stream['codec_type'] === 'audio')
  if (video === undefined && audio === undefined) return null
  const version = isRecord(answer['program_version']) ? answer['program_version']['version'] : undefined
  const parser = `ffprobe ${typeof version === 'string' ? version : 'unknown'}`
  const said = [
    ...formatFacts(answer['format']),
    ['kind', video === undefined ? 'audio' : 'video', 'streams'],
    ...(video === undefined ? [] : pictureFacts(video)),
    ...(audio === undefined ? [] : soundFacts(audio)),
  ] as const
  const facts = said
    .map(([name, value, source]) => parseFact({ name, value, source, parser }))
    .filter(fact => fact !== null)
  return { parser, hasVideo: video !== undefined, facts }
}

type Said = readonly [name: string, value: unknown, source: string]

function formatFacts(format: Record<string, unknown>): Said[] {
  const tags = isRecord(format['tags']) ? format['tags'] : {}
  const name = String(format['format_name'])
  return [
    ['container', CONTAINERS.get(name) ?? name, 'format.format_name'],
    ['duration-ms', milliseconds(format['duration']), 'format.duration'],
    ['start-ms', milliseconds(format['start_time']), 'format.start_time'],
    ['created-at', instant(tags['creation_time']), 'format.tags.creation_time'],
    ['place', parseIso6709(String(tags['location'])), 'format.tags.location'],
  ]
}

function pictureFacts(stream: Record<string, unknown>): Said[] {
  const where = `streams[${String(stream['index'])}]`
  return [
    ['video-codec', stream['codec_name'], `${where}.codec_name`],
    ['width', stream['width'], `${where}.width`],
    ['height', stream['height'], `${where}.height`],
  ]
}

function soundFacts(stream: Record<string, unknown>): Said[] {
  const where = `streams[${String(stream['index'])}]`
  return [
    ['audio-codec', stream['codec_name'], `${where}.codec_name`],
    ['audio-channels', stream['channels'], `${where}.channels`],
    ['audio-sample-rate', Number(stream['sample_rate']), `${where}.sample_rate`],
  ]
}

/** ffprobe writes seconds as decimal text. */
function milliseconds(seconds: unknown): number | null {
  return typeof seconds === 'string' && /^-?\d+\.\d+$/.test(seconds) ? Math.round(Number(seconds) * 1000) + 0 : null
}

/** Only with a zone is it an instant; ffprobe writes UTC. */
function instant(text: unknown): number | null {
  return typeof text === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? Date.parse(text) : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
