// Makes demo/clips: drawn by scenes.ts, encoded by ffmpeg (Debian's, with libx264). Run once; what it made is in the repository, so
// that a demo needs no ffmpeg.  node demo/make-clips.ts
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { HEIGHT, WIDTH } from './src/drawing.ts'
import { frameOf, type Scene, scenes } from './src/scenes.ts'

const RATE = 10
const SECONDS = 8

/** What every clip says of time and place until it is docked as somebody's: both are written over then. */
const NOWHERE = '+00.0000+000.0000/'

/** Baseline, since every browser plays it; key frames often, so that one can go to a moment without waiting. */
const encoding = [
  ['-c:v', 'libx264', '-profile:v', 'baseline', '-preset', 'veryslow', '-crf', '33', '-g', '20', '-threads', '1'],
  ['-pix_fmt', 'yuv420p', '-movflags', '+faststart', '-fflags', '+bitexact', '-flags:v', '+bitexact'],
  ['-metadata', 'creation_time=2026-01-01T00:00:00Z', '-metadata', `location=${NOWHERE}`],
].flat()

async function make(scene: Scene): Promise<void> {
  const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${WIDTH}x${HEIGHT}`, '-r', `${RATE}`, '-i', '-']
  const path = join(import.meta.dirname, 'clips', `${scene.name}.mp4`)
  const words = ['-y', '-loglevel', 'error', ...input, ...encoding, path]
  const ffmpeg = spawn('ffmpeg', words, { stdio: ['pipe', 'inherit', 'inherit'] })
  for (let tenths = 0; tenths < RATE * SECONDS; tenths++) ffmpeg.stdin.write(frameOf(scene, tenths))
  ffmpeg.stdin.end()
  const [code] = (await once(ffmpeg, 'exit')) as [number]
  if (code !== 0) throw new Error(`ffmpeg could not make ${scene.name}`)
}

for (const scene of scenes) await make(scene)
