import type { Playing } from './questions.ts'

/**
 * How footage comes to the screen. `direct`: the file itself, by ranges. `segments`: the same pictures and sounds in another container.
 * `copy`: converted for this screen; it is no evidence, and says so.
 */
export type Way = 'direct' | 'segments' | 'copy'

/** What a file consists of, by the full names of its codecs; null where it has no such track, or nobody knows the name. */
export type Codecs = { readonly video: string | null; readonly audio: string | null; readonly frameRate: number | null }

/** What this browser says that it can play: from an address, and piece by piece. */
export type Can = { readonly file: (type: string) => boolean; readonly pieces: (type: string) => boolean }

/** A name that stands for each codec where only its family is known. */
const FAMILIES: Readonly<Record<string, string>> = {
  h264: 'avc1.640028',
  hevc: 'hvc1.1.6.L93.B0',
  vp8: 'vp8',
  vp9: 'vp09.00.10.08',
  av1: 'av01.0.04M.08',
  aac: 'mp4a.40.2',
  mp3: 'mp3',
  opus: 'opus',
  vorbis: 'vorbis',
  flac: 'flac',
}

/** Containers that browsers open by themselves; a .mov is an MP4 to them. */
const OPENED: Readonly<Record<string, string>> = { mp4: 'mp4', mov: 'mp4', webm: 'webm' }

/** The ways to try, in order. Empty: this recording cannot be shown here, only downloaded as a package. */
export function waysFor(playing: Playing, codecs: Codecs | null, can: Can): Way[] {
  return [
    ...(playsDirectly(playing, can) ? (['direct'] as const) : []),
    ...(playsInSegments(playing, codecs, can) ? (['segments'] as const) : []),
    ...(playing.copy ? (['copy'] as const) : []),
  ]
}

/** What nobody has read yet is tried: the browser knows best. */
function playsDirectly({ kind, container, videoCodec, audioCodec }: Playing, can: Can): boolean {
  if (container === null) return true
  const opened = OPENED[container]
  if (opened === undefined) return false
  const names = [videoCodec, audioCodec].filter(codec => codec !== null)
  const codecs = names.map(codec => FAMILIES[codec] ?? codec)
  return can.file(typeOf(kind ?? 'video', opened, codecs))
}

function playsInSegments(playing: Playing, codecs: Codecs | null, can: Can): boolean {
  if (!playing.segments || codecs === null) return false
  // A track without a name would be silent, or dark, and nobody would know.
  if (playing.videoCodec !== null && codecs.video === null) return false
  if (playing.audioCodec !== null && codecs.audio === null) return false
  const names = [codecs.video, codecs.audio].filter(codec => codec !== null)
  return names.length > 0 && can.pieces(typeOf('video', 'mp4', names))
}

function typeOf(kind: string, container: string, codecs: readonly string[]): string {
  return codecs.length === 0 ? `${kind}/${container}` : `${kind}/${container}; codecs="${codecs.join(', ')}"`
}
