// The few things a disk must do for whoever promises durability, as a port, so that a test can put a disk in its
// place that loses power between any two steps.

import { close, constants, fdatasync, fsync, ftruncate, open, write } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rename, stat, unlink } from 'node:fs/promises'
import { promisify } from 'node:util'

// Plain descriptors and not FileHandles: those are closed by the garbage collector, with an error that ends the process.
const openFile = promisify(open)
const closeFile = promisify(close)
const writeFile = promisify(write)
const syncFile = promisify(fdatasync)
const syncAll = promisify(fsync)
const truncateFile = promisify(ftruncate)

/** The disk did not confirm that bytes are on it. What the page cache holds afterwards is unknown: the process must end. */
export class FsyncFailed extends Error {
  readonly path: string
  constructor(path: string, cause: unknown) {
    super(`the disk did not confirm what was written to ${path}; the process must stop`, { cause })
    this.name = 'FsyncFailed'
    this.path = path
  }
}

/** There is no room (ENOSPC, EDQUOT). Nothing that was acknowledged is touched; the same call works once there is room. */
export class DiskFull extends Error {
  readonly path: string
  constructor(path: string, cause: unknown) {
    super(`no room left on the disk that holds ${path}`, { cause })
    this.name = 'DiskFull'
    this.path = path
  }
}

/** An open file. Positions and lengths are bytes. Nothing is durable before `sync()` resolves. */
export interface DiskFile {
  write(bytes: Uint8Array, position: number): Promise<void>
  truncate(length: number): Promise<void>
  sync(): Promise<void>
  close(): Promise<void>
}

/** A disk. Names made, renamed or removed are durable only after `syncFolder` of the folder that holds them. */
export interface Disk {
  /** `create` demands that the name is free; `existing` demands that it is there. */
  open(path: string, how: 'create' | 'existing', mode: number): Promise<DiskFile>
  /** The whole file, or null where there is none. */
  read(path: string): Promise<Uint8Array | null>
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<'removed' | 'absent'>
  /** Names in a folder, sorted; null where there is no such folder. */
  list(folder: string): Promise<string[] | null>
  /** One level; the parent must be there. Says whether it made it. */
  makeFolder(path: string, mode: number): Promise<'made' | 'was-there'>
  syncFolder(path: string): Promise<void>
  /** Permission bits of a file or folder (0o777 mask), or null where there is none. */
  mode(path: string): Promise<number | null>
}

let stop: (failure: FsyncFailed) => void = () => undefined

/**
 * Names what ends the process when an fsync fails (G2). It is called before the failure is thrown, because a request
 * handler may turn a throw into an answer and go on. Without it the failure is only thrown.
 */
export function whenFsyncFails(end: (failure: FsyncFailed) => void): void {
  stop = end
}

/** Wraps and announces a failed fsync; always throws. */
export function fsyncFailed(path: string, cause: unknown): never {
  const failure = new FsyncFailed(path, cause)
  stop(failure)
  throw failure
}

/** The error code of the operating system, or null. */
export function errorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

/** Turns "no room" into `DiskFull`, leaves everything else as it is. */
export function named(path: string, error: unknown): unknown {
  const code = errorCode(error)
  return code === 'ENOSPC' || code === 'EDQUOT' ? new DiskFull(path, error) : error
}

class RealFile implements DiskFile {
  readonly #fd: number
  readonly #path: string
  #open = true
  constructor(fd: number, path: string) {
    this.#fd = fd
    this.#path = path
  }
  async write(bytes: Uint8Array, position: number): Promise<void> {
    await writeAll(this.#descriptor(), this.#path, bytes, position)
  }
  async truncate(length: number): Promise<void> {
    await truncateFile(this.#descriptor(), length)
  }
  async sync(): Promise<void> {
    await syncFile(this.#descriptor()).catch((error: unknown) => fsyncFailed(this.#path, error))
  }
  async close(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    await closeFile(this.#fd)
  }
  // A number that was closed may already name somebody else's file.
  #descriptor(): number {
    if (!this.#open) throw new Error(`${this.#path} is closed`)
    return this.#fd
  }
}

/** Writes everything at a position. @throws DiskFull */
export async function writeAll(fd: number, path: string, bytes: Uint8Array, position: number): Promise<void> {
  try {
    // A full disk may take a part of the bytes and only refuse the next call.
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await writeFile(fd, bytes, done, bytes.length - done, position + done)
      done += bytesWritten
    }
  } catch (error) {
    throw named(path, error)
  }
}

async function orNull<T>(work: Promise<T>): Promise<T | null> {
  return work.catch((error: unknown) => {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw error
  })
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder to sync it; NTFS journals names itself.
  if (process.platform === 'win32') return
  const fd = await openFile(path, constants.O_RDONLY)
  try {
    await syncAll(fd).catch((error: unknown) => fsyncFailed(path, error))
  } finally {
    await closeFile(fd)
  }
}

/** The disk of the machine. */
export const realDisk: Disk = {
  async open(path, how, mode) {
    const flags = how === 'create' ? constants.O_RDWR | constants.O_CREAT | constants.O_EXCL : constants.O_RDWR
    const fd = await openFile(path, flags, mode).catch((error: unknown) => {
      throw named(path, error)
    })
    return new RealFile(fd, path)
  },
  async read(path) {
    return orNull(readFile(path))
  },
  async rename(from, to) {
    await rename(from, to)
  },
  async remove(path) {
    return (await orNull(unlink(path).then(() => true))) === null ? 'absent' : 'removed'
  },
  async list(folder) {
    return (await orNull(readdir(folder)))?.sort() ?? null
  },
  async makeFolder(path, mode) {
    try {
      await mkdir(path, { mode })
      await chmod(path, mode)
      return 'made'
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return 'was-there'
      throw named(path, error)
    }
  },
  syncFolder,
  async mode(path) {
    const found = await orNull(stat(path))
    return found === null ? null : found.mode & 0o777
  },
}
