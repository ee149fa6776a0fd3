// Real file systems in a file, for root on Linux: one that is too small, one that loses power.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Why no file system can be mounted here, in words; null where one was: in many containers root may not. */
export function cannotMount(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux can mount a file system'
  const place = mkdtempSync(join(tmpdir(), 'vidne-mount-'))
  const [image, folder] = [join(place, 'image'), join(place, 'mounted')]
  try {
    mkdirSync(folder)
    demand('truncate', ['-s', '8M', image])
    demand('mkfs.ext4', ['-q', '-F', image])
    demand('mount', ['-o', 'loop', image, folder])
    return null
  } catch (error) {
    return `no ext4 image can be made and mounted here (${error instanceof Error ? error.message.trim() : String(error)})`
  } finally {
    run('umount', ['-l', folder])
    rmSync(place, { recursive: true, force: true })
  }
}

/** A file system of so many KiB; everything beyond is ENOSPC. */
export async function withSmallDisk(kib: number, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'vidne-small-'))
  demand('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'none', folder])
  try {
    await work(folder)
  } finally {
    run('umount', ['-l', folder])
    await rm(folder, { recursive: true })
  }
}

export type MortalDisk = {
  readonly folder: string
  /** What the disk holds at this instant, mounted (the journal is replayed) as after a power cut. */
  afterPowerCut(look: (folder: string) => Promise<void>): Promise<void>
}

/**
 * A file system of 128 MiB on a loop device; ext2 has no journal that would carry names along. Its backing file holds what was given to the disk, not what the page cache holds.
 */
export async function withMortalDisk(type: 'ext4' | 'ext2', work: (disk: MortalDisk) => Promise<void>): Promise<void> {
  const place = await mkdtemp(join(tmpdir(), 'vidne-mortal-'))
  const image = join(place, 'image')
  const folder = join(place, 'mounted')
  await mkdir(folder)
  demand('truncate', ['-s', '128M', image])
  demand('mkfs.ext4', ['-q', '-F', ...(type === 'ext2' ? ['-O', '^has_journal'] : []), image])
  demand('mount', ['-o', 'loop', image, folder])
  let cuts = 0
  const afterPowerCut: MortalDisk['afterPowerCut'] = async look => {
    const copy = join(place, `image-${(cuts += 1)}`)
    await copyFile(image, copy)
    // Without a journal a machine checks the disk before it mounts it.
    if (type === 'ext2') run('e2fsck', ['-fy', copy])
    const found = join(place, `found-${cuts}`)
    await mkdir(found)
    demand('mount', ['-o', 'loop', copy, found])
    try {
      await look(found)
    } finally {
      run('umount', ['-l', found])
    }
  }
  try {
    await work({ folder, afterPowerCut })
  } finally {
    run('umount', ['-l', folder])
    await rm(place, { recursive: true, force: true })
  }
}

function run(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}

function demand(program: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} failed: ${error?.message ?? stderr}`)
}
