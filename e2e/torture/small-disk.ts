// Disks that are too small, for root on Linux: a tmpfs under a folder, which can be filled to its last page and freed again.

import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export class SmallDisk {
  readonly folder: string
  readonly #place: string

  private constructor(folder: string, place: string) {
    this.folder = folder
    this.#place = place
  }

  /** Puts a disk of that size under a folder, with what lies in the folder. Nobody may have a file of it open. */
  static under(folder: string, megabytes: number): SmallDisk {
    const place = mkdtempSync(join(tmpdir(), 'vidne-small-'))
    demand('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'none', place])
    const disk = new SmallDisk(folder, place)
    mkdirSync(join(place, 'content'))
    demand('cp', ['-a', `${folder}/.`, join(place, 'content')])
    demand('mount', ['--bind', join(place, 'content'), folder])
    return disk
  }

  /** Takes every page that is free. */
  fill(): void {
    const filler = openSync(join(this.#place, 'filler'), 'a')
    for (let portion = 1_048_576; portion >= 4096;) {
      try {
        writeSync(filler, Buffer.alloc(portion, 0x5a))
      } catch {
        portion >>= 1
      }
    }
    closeSync(filler)
  }

  free(): void {
    rmSync(join(this.#place, 'filler'), { force: true })
  }

  remove(): void {
    spawnSync('umount', ['-l', this.folder])
    spawnSync('umount', ['-l', this.#place])
    rmSync(this.#place, { recursive: true, force: true })
  }
}

/** Why no small disk can be had here, in words; null where one was mounted. */
export function cannotMountSmall(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux can mount a file system'
  const place = mkdtempSync(join(tmpdir(), 'vidne-small-'))
  try {
    SmallDisk.under(place, 1).remove()
    return null
  } catch (error) {
    return `this kernel cannot mount a tmpfs (${error instanceof Error ? error.message : String(error)})`
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

function demand(program: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program}: ${error?.message ?? stderr.trim()}`)
}
