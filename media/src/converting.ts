import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { findProgram } from './child-limits.ts'
import { type Child, endOf } from './child-end.ts'
import { NotCut } from './cutting.ts'
import { FORMATS } from './ffprobe.ts'
import { sandboxed } from './sandbox.ts'
import { stopwatch } from './stopwatch.ts'

// Debian's ffmpeg between two pipes: what goes in is decrypted portion by portion, what comes out is taken as fast as somebody
// looks at it. No plaintext reaches a disk (G3), and the process has no network and no files (G13).

/** How much a conversion may use. `idleMs`: without a byte while somebody waits for one, and while it has all it asked for. */
export type ConvertLimits = { idleMs?: number; cpuSeconds?: number; bytes?: number }

const DEFAULTS: Required<ConvertLimits> = { idleMs: 30_000, cpuSeconds: 3600, bytes: 8 * 1024 ** 3 }

/** Matroska of our own cutting process, or the file as it is, for what only ffmpeg reads. */
export type Fed = { readonly bytes: AsyncIterable<Uint8Array>; readonly container: 'matroska' | null }

const QUIET = ['-v', 'error', '-nostdin', '-protocol_whitelist', 'pipe', '-max_alloc', '268435456', '-threads', '2']

/** Whether this machine can convert at all. */
export function canConvert(): boolean {
  return findProgram('ffmpeg') !== null
}

/**
 * A viewing copy: pictures and sound as every browser plays them, at most 1280 wide, as fragmented MP4 that is played while it is
 * made. `skipSeconds`: of what goes in. It is no evidence, and is never kept. Throws NotCut, and what the source throws.
 */
export function viewingCopy(fed: Fed, skipSeconds: number, limits: ConvertLimits = {}): AsyncGenerator<Uint8Array> {
  const picture = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-crf', '26', '-g', '50']
  const scaled = ['-vf', "scale='min(1280,iw)':-2,format=yuv420p"]
  const sound = ['-c:a', 'aac', '-b:a', '96k', '-ac', '2']
  const tracks = ['-map', '0:v:0?', '-map', '0:a:0?', '-sn', '-dn', '-map_metadata', '-1']
  const fragments = ['-movflags', 'frag_keyframe+empty_moov+default_base_moof', '-frag_duration', '1000000']
  const made = ['-ss', String(skipSeconds), ...tracks, ...picture, ...scaled, ...sound, ...fragments, '-f', 'mp4']
  return convert(fed, made, { ...DEFAULTS, ...limits })
}

/** Turned as the file says it is to be shown; the pictures of a strip come without that word. */
const TURNS: Readonly<Record<number, string>> = { 90: 'transpose=1,', 180: 'hflip,vflip,', 270: 'transpose=2,' }
const TILE = { width: 160, height: 90 }
const STRIP_BYTES = 8 * 1024 * 1024

/** How a strip lies: so many pictures, side by side in rows. */
export type Strip = { readonly columns: number; readonly rows: number; readonly rotation: number }

/** Small pictures in one JPEG, in rows. `everySeconds`: null where what goes in holds just those pictures. */
export function posterStrip(
  fed: Fed,
  { columns, rows, rotation }: Strip,
  everySeconds: number | null,
  limits: ConvertLimits = {},
): AsyncGenerator<Uint8Array> {
  const { width, height } = TILE
  const fit = `scale=${width}:${height}:force_original_aspect_ratio=decrease,pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2`
  const some = everySeconds === null ? '' : `fps=1/${everySeconds}:round=up,`
  const filter = `${some}${TURNS[rotation] ?? ''}${fit},setsar=1,tile=${columns}x${rows}`
  const made = ['-map', '0:v:0', '-an', '-vf', filter, '-frames:v', '1', '-c:v', 'mjpeg', '-q:v', '5', '-f', 'mjpeg']
  return convert(fed, made, { ...DEFAULTS, idleMs: 60_000, cpuSeconds: 120, bytes: STRIP_BYTES, ...limits })
}

async function* convert(
  fed: Fed,
  made: readonly string[],
  limits: Required<ConvertLimits>,
): AsyncGenerator<Uint8Array> {
  const ffmpeg = findProgram('ffmpeg')
  if (ffmpeg === null) throw new NotCut('there is no ffmpeg')
  const from = fed.container === null ? ['-format_whitelist', FORMATS] : ['-f', fed.container]
  const args = [...QUIET, ...from, '-i', 'pipe:0', ...made, 'pipe:1']
  const command = await sandboxed(ffmpeg, args, limits)
  const child = spawn(command.file, command.args, { env: {}, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] })
  const ended = endOf(child)
  let failed: { error: unknown } | null = null
  void feed(child, fed.bytes).catch((error: unknown) => {
    failed = { error }
    child.kill('SIGKILL')
  })
  try {
    yield* taken(child, limits)
    const { code, because } = await ended
    throwIf(failed)
    if (code !== 0) throw new NotCut(because === 'crashed' ? 'unknown-format' : because)
  } finally {
    child.kill('SIGKILL')
  }
}

/** What the source threw is its own fault, and none of the footage's. */
function throwIf(failed: { error: unknown } | null): void {
  if (failed !== null) throw failed.error
}

/** What comes out; the process is killed that says nothing for too long while somebody waits, or says too much. */
async function* taken(child: Child, limits: Required<ConvertLimits>): AsyncGenerator<Uint8Array> {
  let left = limits.bytes
  const waiting = () => stopwatch(limits.idleMs, () => child.kill('SIGKILL'))
  let watch = waiting()
  watch.run()
  try {
    for await (const chunk of child.stdout) {
      watch.pause()
      const bytes: Uint8Array = chunk
      left -= bytes.length
      if (left < 0) throw new NotCut('more was made than there can be')
      yield bytes
      watch = waiting()
      watch.run()
    }
  } finally {
    watch.pause()
  }
}

async function feed({ stdin }: Child, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const closed = new Promise<void>(resolve => stdin.once('close', resolve))
  for await (const portion of bytes) {
    if (!stdin.writable) return
    if (!stdin.write(portion)) await Promise.race([once(stdin, 'drain').catch(() => undefined), closed])
  }
  stdin.end()
}
