import {
  CustomSource,
  EncodedPacketSink,
  Input,
  MATROSKA,
  MP4,
  MPEG_TS,
  QTFF,
  UnsupportedInputFormatError,
  WEBM,
} from 'mediabunny'
import { readIsobmff } from './isobmff.ts'
import { readMatroska } from './matroska.ts'
import { askParent, blockReader, tellParent } from './source-pipe.ts'
import type { InputVideoTrack } from 'mediabunny'
import type { Fact, FactName, FactValue } from './facts.ts'
import type { NotParsable } from './footage.ts'

// The process that touches hostile bytes. It has no network, no files but its own code, little memory and little time; it
// says each fact as soon as it has it, since the next byte may be the one that hangs it.

type Task = { bytes: number; keyframes: number; keyframesListed: number }
type Outcome = 'parsable' | NotParsable

const PARSER = 'mediabunny 1.61.0'
const CONTAINERS = new Map([
  [MP4, 'mp4'],
  [QTFF, 'mov'],
  [WEBM, 'webm'],
  [MATROSKA, 'mkv'],
  [MPEG_TS, 'mpeg-ts'],
])

function say(name: FactName, value: FactValue | null, source: string): void {
  if (value !== null) tellParent({ fact: { name, value, source, parser: PARSER } })
}

async function read(task: Task): Promise<Outcome> {
  const tell = (fact: Fact): void => tellParent({ fact })
  const readBlocks = blockReader(task.bytes)
  if (!readIsobmff(task.bytes, readBlocks, tell)) readMatroska(task.bytes, readBlocks, tell)
  const source = new CustomSource({
    getSize: () => task.bytes,
    read: (start, end) => askParent(start, end - start),
    prefetchProfile: 'network',
  })
  // No HLS: a playlist names other files.
  const input = new Input({ formats: [...CONTAINERS.keys()], source })
  say('container', CONTAINERS.get(await input.getFormat()) ?? null, 'first bytes')
  return readTracks(input, task)
}

async function readTracks(input: Input, task: Task): Promise<Outcome> {
  const video = await input.getPrimaryVideoTrack()
  const audio = await input.getPrimaryAudioTrack()
  if (video !== null || audio !== null) say('kind', video === null ? 'audio' : 'video', 'tracks')
  if (audio !== null) {
    say('audio-codec', (await audio.getCodec()) ?? codecId(await audio.getInternalCodecId()), `track ${audio.id}`)
    say('audio-channels', whole(await audio.getNumberOfChannels()), `track ${audio.id}`)
    say('audio-sample-rate', whole(await audio.getSampleRate()), `track ${audio.id}`)
  }
  if (video !== null) await sayPicture(video)
  // Sound may begin before the picture (its encoder's run-up), so the picture's track counts where there is one.
  const main = video ?? audio
  if (main === null) return 'unknown-format'
  const start = await main.getFirstTimestamp()
  const duration = milliseconds((await main.computeDuration()) - start)
  // A track without a single sample: the index is there, what it describes is not.
  if (duration === null || duration <= 0) return 'unknown-format'
  say('start-ms', milliseconds(start), `track ${main.id} first sample`)
  say('duration-ms', duration, `track ${main.id} first to last sample`)
  return video === null ? 'parsable' : sayKeyframes(video, task)
}

async function sayPicture(video: InputVideoTrack): Promise<void> {
  const where = `track ${video.id}`
  const codec = await video.getCodec()
  say('video-codec', codec === 'avc' ? 'h264' : (codec ?? codecId(await video.getInternalCodecId())), where)
  say('width', whole(await video.getCodedWidth()), `${where} coded width`)
  say('height', whole(await video.getCodedHeight()), `${where} coded height`)
  const rotation = await video.getRotation()
  if (rotation !== 0) say('rotation', rotation, `${where} matrix`)
}

async function sayKeyframes(video: InputVideoTrack, task: Task): Promise<Outcome> {
  const sink = new EncodedPacketSink(video)
  const times: number[] = []
  const options = { metadataOnly: true }
  let packet = await sink.getFirstKeyPacket(options)
  for (; packet !== null; packet = await sink.getNextKeyPacket(packet, options)) {
    if (times.length === task.keyframes) return 'too-large-index'
    times.push(milliseconds(packet.timestamp) ?? 0)
  }
  times.sort((a, b) => a - b)
  say('keyframes', times.length, `track ${video.id} key flags`)
  if (times.length <= task.keyframesListed) say('keyframe-times-ms', times, `track ${video.id} key flags`)
  return 'parsable'
}

function codecId(id: string | number | Uint8Array | null): string | null {
  return id === null || id === '' ? null : String(id)
}

function milliseconds(seconds: number): number | null {
  return whole(seconds * 1000)
}

function whole(value: number): number | null {
  const rounded = Math.round(value) + 0
  return Number.isSafeInteger(rounded) ? rounded : null
}

/** A parser that throws has met bytes it cannot read; one that asked for more memory than there is says so in words only. */
function outcomeOf(error: unknown): Outcome {
  if (error instanceof UnsupportedInputFormatError) return 'unknown-format'
  if (error instanceof RangeError && /allocation|array length|string length/i.test(error.message)) return 'memory'
  return 'unknown-format'
}

function parseTask(text: string | undefined): Task {
  const [bytes = 0, keyframes = 0, keyframesListed = 0] = (text ?? '').split(',').map(Number)
  return { bytes, keyframes, keyframesListed }
}

tellParent({ outcome: await read(parseTask(process.argv[2])).catch(outcomeOf) })
process.exit(0)
