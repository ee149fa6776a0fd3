// An ext4 of its own that loses power at a word, for root on Linux: the kernel is told to shut the file system down without
// flushing its journal, and it is mounted again. What nobody has synced is gone then. The disk's own cache is not simulated.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Waits for its stdin to end, then EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH. Perl is on every Debian. */
const AT_A_WORD =
  'open(F, "<", $ARGV[0]) or die $!; <STDIN>; my $how = pack("L", 2); ioctl(F, 0x8004587d, $how) or die $!'

export class MortalDisk {
  readonly folder: string
  readonly #place: string
  #trigger: ChildProcess | null = null

  private constructor(place: string) {
    this.#place = place
    this.folder = join(place, 'disk')
  }

  static make(megabytes: number): MortalDisk {
    const disk = new MortalDisk(mkdtempSync(join(tmpdir(), 'vidne-mortal-')))
    mkdirSync(disk.folder)
    demand('truncate', ['-s', `${megabytes}M`, disk.#image])
    demand('mkfs.ext4', ['-q', '-F', disk.#image])
    disk.#mount()
    return disk
  }

  /** Cuts the power now. Resolves when nothing is written any more. */
  async cutPower(): Promise<void> {
    const trigger = this.#trigger
    if (trigger === null) return
    this.#trigger = null
    const cut = new Promise<number | null>(done => trigger.once('exit', code => done(code)))
    trigger.stdin?.end('now\n')
    if ((await cut) !== 0) throw new Error('the file system could not be shut down')
  }

  /**
   * The machine is on again. It finds a copy of the disk: whoever still sees the old one (a process that was killed just now, or a
   * sandbox that is just being made, which has a view of its own of all disks) keeps it without power, and would make the kernel
   * give it back as it is.
   */
  powerBack(): void {
    demand('umount', ['-l', this.folder])
    demand('cp', [this.#image, `${this.#image}.found`])
    renameSync(`${this.#image}.found`, this.#image)
    this.#mount()
  }

  remove(): void {
    this.#trigger?.kill('SIGKILL')
    spawnSync('umount', ['-l', this.folder])
    rmSync(this.#place, { recursive: true, force: true })
  }

  get #image(): string {
    return join(this.#place, 'image')
  }

  #mount(): void {
    demand('mount', ['-o', 'loop', this.#image, this.folder])
    this.#trigger = spawn('perl', ['-e', AT_A_WORD, this.folder], { stdio: ['pipe', 'ignore', 'inherit'] })
  }
}

/** Why no power can be cut here, in words; null where it was tried and what nobody had synced was gone. */
export async function cannotCutPower(): Promise<string | null> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux can mount a file system'
  let disk: MortalDisk | null = null
  try {
    disk = MortalDisk.make(16)
    writeFileSync(join(disk.folder, 'kept'), 'kept', { flush: true })
    writeFileSync(join(disk.folder, 'lost'), 'lost')
    await disk.cutPower()
    disk.powerBack()
    if (readFileSync(join(disk.folder, 'kept'), 'utf8') !== 'kept') return 'a synced file did not outlive the cut'
    const lost = readFileSync(join(disk.folder, 'lost'), { encoding: 'utf8', flag: 'a+' })
    return lost === '' ? null : 'a file that nobody had synced outlived the cut'
  } catch (error) {
    return `this kernel cannot mount an ext4 image and shut it down (${error instanceof Error ? error.message : String(error)})`
  } finally {
    disk?.remove()
  }
}

function demand(program: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program}: ${error?.message ?? stderr.trim()}`)
}
