import {
  AppendOnlyStreamTarget,
  CustomSource,
  type EncodedPacket,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MATROSKA,
  MP4,
  MPEG_TS,
  MkvOutputFormat,
  Mp4OutputFormat,
  NullTarget,
  Output,
  QTFF,
  WEBM,
} from 'mediabunny'
import { askParent, tellParent } from './source-pipe.ts'
import type { InputAudioTrack, InputVideoTrack } from 'mediabunny'
import type { Cut } from './cut-messages.ts'

// The process that cuts hostile bytes for a browser: no network, no files but its own code, little memory and time. Packets are
// put into another container as they are; nothing is decoded.

type Task = { bytes: number; cut: Cut }
type Tracks = { video: InputVideoTrack | null; audio: InputAudioTrack | null }

const CHUNK_BYTES = 1024 * 1024
/** Facts are rounded to the millisecond; a keyframe may lie a little behind its fact. */
const ROUNDING_SECONDS = 0.0006
const FRAMES_LOOKED_AT = 60

async function cut({ bytes, cut: wanted }: Task): Promise<void> {
  const source = new CustomSource({
    getSize: () => bytes,
    read: (start, end) => askParent(start, end - start),
    prefetchProfile: 'network',
  })
  const input = new Input({ formats: [MP4, QTFF, WEBM, MATROSKA, MPEG_TS], source })
  const tracks = { video: await input.getPrimaryVideoTrack(), audio: await input.getPrimaryAudioTrack() }
  switch (wanted.kind) {
    case 'about':
      return sayAbout(tracks)
    case 'init':
      return sayInit(tracks)
    case 'segment':
      return saySegment(tracks, wanted)
    case 'keyframes':
      return sayKeyframes(tracks, wanted.at)
    case 'from':
      return sayFrom(tracks, wanted.from)
  }
}

async function sayAbout({ video, audio }: Tracks): Promise<void> {
  const rate = video === null ? 0 : (await video.computePacketStats(FRAMES_LOOKED_AT)).averagePacketRate
  const frameRateMilli = Number.isFinite(rate) && rate > 0 ? Math.round(rate * 1000) : null
  tellParent({
    about: {
      video: video === null ? null : { codec: await video.getCodecParameterString(), frameRateMilli },
      audio: audio === null ? null : { codec: await audio.getCodecParameterString() },
    },
  })
}

/** The first packets are needed to know the tracks, and are left out again. */
async function sayInit(tracks: Tracks): Promise<void> {
  const parts: Uint8Array[] = []
  const keep = (data: Uint8Array): void => void parts.push(data.slice())
  const muxing = await begin(tracks, { onFtyp: keep, onMoov: keep })
  if (tracks.video !== null) await muxing.video?.add(await keyAt(tracks.video, 0))
  if (tracks.audio !== null) await muxing.audio?.add(await firstOf(tracks.audio))
  await muxing.output.finalize()
  for (const part of parts) sayBytes(part)
}

type Segment = Extract<Cut, { kind: 'segment' }>

async function saySegment(tracks: Tracks, { from, until, first }: Segment): Promise<void> {
  const muxing = await begin(tracks, { onMoof: sayBytes, onMdat: sayBytes })
  const start = tracks.video === null ? from / 1000 : (await keyAt(tracks.video, from)).timestamp
  const end = await endOf(tracks, until)
  if (tracks.video !== null) {
    const sink = new EncodedPacketSink(tracks.video)
    const last = until === null ? undefined : await keyAt(tracks.video, until)
    for await (const packet of sink.packets(await keyAt(tracks.video, from), last)) await muxing.video?.add(packet)
  }
  if (tracks.audio !== null) await addSound(tracks.audio, { start: first ? -Infinity : start, end }, muxing)
  await muxing.output.finalize()
}

async function endOf({ video }: Tracks, until: number | null): Promise<number> {
  if (until === null) return Infinity
  return video === null ? until / 1000 : (await keyAt(video, until)).timestamp
}

/** Sound belongs to the segment in which it begins, so that none is heard twice and none is missing. */
async function addSound(
  audio: InputAudioTrack,
  { start, end }: { start: number; end: number },
  muxing: Muxing,
): Promise<void> {
  const sink = new EncodedPacketSink(audio)
  const first = (start === -Infinity ? null : await sink.getPacket(start)) ?? (await sink.getFirstPacket())
  if (first === null) return
  for await (const packet of sink.packets(first)) {
    if (packet.timestamp >= end) return
    if (packet.timestamp >= start) await muxing.audio?.add(packet)
  }
}

async function keyAt(video: InputVideoTrack, ms: number): Promise<EncodedPacket> {
  const sink = new EncodedPacketSink(video)
  const packet = (await sink.getKeyPacket(ms / 1000 + ROUNDING_SECONDS)) ?? (await sink.getFirstKeyPacket())
  if (packet === null) throw new Error('no keyframe')
  return packet
}

async function firstOf(track: InputAudioTrack): Promise<EncodedPacket> {
  const packet = await new EncodedPacketSink(track).getFirstPacket()
  if (packet === null) throw new Error('a track without a sample')
  return packet
}

type Adding = { add(packet: EncodedPacket): Promise<void> }
type Muxing = { output: Output; video: Adding | null; audio: Adding | null }
type BoxesOf = Pick<
  NonNullable<ConstructorParameters<typeof Mp4OutputFormat>[0]>,
  'onFtyp' | 'onMoov' | 'onMoof' | 'onMdat'
>

async function begin(tracks: Tracks, boxes: BoxesOf): Promise<Muxing> {
  const format = new Mp4OutputFormat({ fastStart: 'fragmented', minimumFragmentDuration: 1e6, ...boxes })
  return muxer(tracks, new Output({ format, target: new NullTarget() }))
}

async function muxer({ video, audio }: Tracks, output: Output): Promise<Muxing> {
  const muxing: Muxing = { output, video: null, audio: null }
  if (video !== null) {
    const [codec, config] = [await video.getCodec(), await video.getDecoderConfig()]
    if (codec === null || config === null) throw new Error('a picture of an unknown codec')
    const source = new EncodedVideoPacketSource(codec)
    output.addVideoTrack(source, { rotation: await video.getRotation() })
    muxing.video = { add: packet => source.add(packet, { decoderConfig: config }) }
  }
  if (audio !== null) {
    const [codec, config] = [await audio.getCodec(), await audio.getDecoderConfig()]
    if (codec === null || config === null) throw new Error('sound of an unknown codec')
    const source = new EncodedAudioPacketSource(codec)
    output.addAudioTrack(source)
    muxing.audio = { add: packet => source.add(packet, { decoderConfig: config }) }
  }
  await output.start()
  return muxing
}

/** Matroska, since it carries every codec and can be read from a pipe as it comes. */
function matroska(tracks: Tracks): Promise<Muxing> {
  const target = new AppendOnlyStreamTarget(new WritableStream({ write: sayBytes }))
  return muxer(tracks, new Output({ format: new MkvOutputFormat({ appendOnly: true }), target }))
}

async function sayKeyframes({ video }: Tracks, at: readonly number[]): Promise<void> {
  if (video === null) throw new Error('no picture')
  const muxing = await matroska({ video, audio: null })
  for (const [second, ms] of at.entries()) {
    const packet = await keyAt(video, ms)
    await muxing.video?.add(packet.clone({ timestamp: second, duration: 1 }))
  }
  await muxing.output.finalize()
}

async function sayFrom({ video, audio }: Tracks, from: number): Promise<void> {
  const muxing = await matroska({ video, audio })
  const key = video === null ? null : await keyAt(video, from)
  const start = key?.timestamp ?? from / 1000
  const pictures = video === null || key === null ? null : new EncodedPacketSink(video).packets(key)
  const sounds = audio === null ? null : await soundFrom(audio, start)
  await inTurn([
    { packets: pictures, add: packet => muxing.video?.add(shifted(packet, start)) },
    {
      packets: sounds,
      add: packet => (packet.timestamp < start ? undefined : muxing.audio?.add(shifted(packet, start))),
    },
  ])
  await muxing.output.finalize()
}

type Track = {
  readonly packets: AsyncGenerator<EncodedPacket, void, unknown> | null
  readonly add: (packet: EncodedPacket) => Promise<void> | undefined
}

/** Whichever comes first is next, as players want it: else one track would wait in memory for the other. */
async function inTurn(tracks: readonly Track[]): Promise<void> {
  const heads = await Promise.all(tracks.map(async ({ packets }) => nextOf(packets)))
  for (;;) {
    const times = heads.map(head => head?.timestamp ?? Infinity)
    const first = times.indexOf(Math.min(...times))
    const [packet, track] = [heads[first], tracks[first]]
    if (packet === null || packet === undefined || track === undefined) return
    await track.add(packet)
    heads[first] = await nextOf(track.packets)
  }
}

async function nextOf(packets: Track['packets']): Promise<EncodedPacket | null> {
  const next = await packets?.next()
  return next === undefined || next.done === true ? null : next.value
}

async function soundFrom(audio: InputAudioTrack, start: number): Promise<AsyncGenerator<EncodedPacket, void, unknown>> {
  const sink = new EncodedPacketSink(audio)
  const first = (await sink.getPacket(start)) ?? (await sink.getFirstPacket())
  return first === null ? sink.packets() : sink.packets(first)
}

/** Pictures that lean on one before the keyframe are shown before it in time; there is no time before the beginning. */
function shifted(packet: EncodedPacket, start: number): EncodedPacket {
  return packet.clone({ timestamp: Math.max(0, packet.timestamp - start) })
}

function sayBytes(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
    tellParent({ bytes: Buffer.from(bytes.subarray(at, at + CHUNK_BYTES)).toString('base64') })
}

const task: Task = JSON.parse(process.argv[2] ?? '{}')
tellParent({
  outcome: await cut(task).then(
    () => 'cut',
    () => 'unknown-format',
  ),
})
process.exit(0)
