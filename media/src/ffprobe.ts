import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { endOf } from './child-end.ts'
import { KeyframeCount } from './ffprobe-packets.ts'
import { parseProbe } from './ffprobe-facts.ts'
import { lines } from './lines.ts'
import { probeCommand } from './sandbox.ts'
import { stopwatch } from './stopwatch.ts'
import type { Child } from './child-end.ts'
import type { Fact } from './facts.ts'
import type { FootageSource, NotParsable, ReadingLimits } from './footage.ts'
import type { Parsed } from './reading-process.ts'

const CHUNK_BYTES = 1024 * 1024
const OUTPUT_CHARS = 1024 * 1024

/** Formats that footage comes in. No playlist, no image, no text: those name other files, or are none of ours. */
export const FORMATS =
  'avi,mov,matroska,mpegts,mpeg,mpegvideo,asf,flv,ogg,wav,w64,mp3,flac,aac,amr,aiff,mxf,gxf,dv,dhav,ivf,h264,hevc,m4v,mjpeg,nut'
const COMMON = ['-v', 'error', '-protocol_whitelist', 'pipe', '-format_whitelist', FORMATS, '-max_alloc', '268435456']
const HEADER = [
  'program_version=version',
  'format=format_name,duration,start_time',
  'format_tags=creation_time,location',
  'stream=index,codec_type,codec_name,width,height,channels,sample_rate',
].join(':')

/**
 * Reads with Debian's ffprobe, in the tightest sandbox the machine has. The footage goes in by a pipe, so none of it lies on a
 * disk (G3). Two passes: the header, then the key flags of the first picture (or sound) track. Rejects only when the source does.
 */
export async function readByFfprobe(
  source: FootageSource,
  limits: Required<ReadingLimits>,
  ffprobe: string,
): Promise<Parsed> {
  let text = ''
  const header = await probe(
    ffprobe,
    ['-show_program_version', '-show_entries', HEADER, '-of', 'json'],
    source,
    limits,
    line => {
      text += `${line}\n`
      return text.length < OUTPUT_CHARS
    },
  )
  const parsed = parseProbe(text)
  if (parsed === null) return { outcome: header ?? 'unknown-format', facts: [] }
  const packets = await readPackets(ffprobe, parsed.hasVideo ? 'v:0' : 'a:0', source, limits)
  const counted = packets.count.facts(parsed.parser, parsed.hasVideo)
  const facts = [...parsed.facts, ...counted]
  // A header without a single sample behind it describes footage that is not there.
  const whole = counted.length === 0 ? 'unknown-format' : 'parsable'
  return { outcome: packets.because ?? whole, facts: withoutSecondDuration(facts) }
}

async function readPackets(ffprobe: string, stream: string, source: FootageSource, limits: Required<ReadingLimits>) {
  const count = new KeyframeCount(limits)
  const entries = [
    '-select_streams',
    stream,
    '-show_entries',
    'packet=pts_time,dts_time,duration_time,flags',
    '-of',
    'compact=p=0',
  ]
  const because = await probe(ffprobe, entries, source, limits, line => count.take(line))
  return { count, because: source.bytes > limits.sourceBytes ? (because ?? 'too-large-index') : because }
}

/** The header's own duration goes before the one counted from the packets. */
function withoutSecondDuration(facts: Fact[]): Fact[] {
  const first = facts.find(fact => fact.name === 'duration-ms')
  return facts.filter(fact => fact.name !== 'duration-ms' || fact === first)
}

/** Runs ffprobe over the source; each line of its answer goes to `take` until that says enough. Null when it ended well. */
async function probe(
  ffprobe: string,
  args: readonly string[],
  source: FootageSource,
  limits: Required<ReadingLimits>,
  take: (line: string) => boolean,
): Promise<NotParsable | null> {
  const command = await probeCommand(ffprobe, [...COMMON, ...args, 'pipe:0'], limits)
  const child = spawn(command.file, command.args, { env: {}, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] })
  const ended = endOf(child)
  let killed: NotParsable | null = null
  const kill = (because: NotParsable): void => {
    killed ??= because
    child.kill('SIGKILL')
  }
  const watch = stopwatch(limits.wallMs, () => kill('timeout'))
  watch.run()
  const feeding = feed(child, source, limits.sourceBytes, watch)
  try {
    await Promise.all([feeding, listen(child, line => take(line) || (kill('too-large-index'), false))])
  } finally {
    watch.pause()
    child.kill('SIGKILL')
  }
  const { code, because } = await ended
  if (code === 0 && killed === null) return null
  // Its own exit code for a file that it cannot read.
  return killed ?? (code === 1 && because === 'crashed' ? 'unknown-format' : because)
}

async function listen(child: Child, take: (line: string) => boolean): Promise<void> {
  let going = true
  for await (const line of lines(child.stdout)) going = going && take(line)
}

/** Gives the child the source from its first byte on, as long as it takes it. */
async function feed(
  child: Child,
  source: FootageSource,
  most: number,
  watch: ReturnType<typeof stopwatch>,
): Promise<void> {
  const end = Math.min(source.bytes, most)
  const { stdin } = child
  const closed = new Promise<void>(resolve => stdin.once('close', resolve))
  for (let at = 0; at < end && stdin.writable; at += CHUNK_BYTES) {
    watch.pause()
    const bytes = await source.read(at, Math.min(CHUNK_BYTES, end - at)).finally(() => watch.run())
    if (!stdin.writable) return
    if (!stdin.write(bytes)) await Promise.race([once(stdin, 'drain').catch(() => undefined), closed])
  }
  stdin.end()
}
