import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { findProgram, limited } from './child-limits.ts'
import type { Command } from './child-limits.ts'

/** What the machine has for reading formats that mediabunny does not know. For `vidne doctor`. */
export type ReadingTools = {
  /** Path of ffprobe; without it AVI and older formats are sealed unread. */
  ffprobe: string | null
  /** 'bwrap': no network, no files. 'prlimit': memory, time and files are limited, the network is closed by ffprobe's own whitelist. 'none': time alone. */
  sandbox: 'bwrap' | 'prlimit' | 'none'
}

/** No network, no files but programs and libraries, no other process, no terminal, gone with its parent. */
const BWRAP = [
  ['--unshare-all'],
  ['--die-with-parent'],
  ['--new-session'],
  ['--clearenv'],
  ['--setenv', 'PATH', '/usr/bin'],
  ['--ro-bind', '/usr', '/usr'],
  ['--ro-bind-try', '/lib', '/lib'],
  ['--ro-bind-try', '/lib64', '/lib64'],
  ['--ro-bind-try', '/etc/alternatives', '/etc/alternatives'],
  ['--dev', '/dev'],
  ['--chdir', '/'],
  ['--'],
].flat()
const ADDRESS_SPACE_BYTES = 2_000_000_000

export async function readingTools(): Promise<ReadingTools> {
  const prlimit = findProgram('prlimit') === null ? 'none' : 'prlimit'
  return { ffprobe: findProgram('ffprobe'), sandbox: (await workingBwrap()) === null ? prlimit : 'bwrap' }
}

/** ffprobe with the given arguments inside the best sandbox there is. */
export function probeCommand(ffprobe: string, args: readonly string[], p: { wallMs: number }): Promise<Command> {
  return sandboxed(ffprobe, args, { cpuSeconds: Math.ceil(p.wallMs / 1000) + 2 })
}

/** A program of Debian's that reads hostile bytes from its input, inside the best sandbox there is. */
export async function sandboxed(program: string, args: readonly string[], p: { cpuSeconds: number }): Promise<Command> {
  const bwrap = program.startsWith('/usr/') ? await workingBwrap() : null
  const command: Command =
    bwrap === null ? { file: program, args: [...args] } : { file: bwrap, args: [...BWRAP, program, ...args] }
  return limited(command, { cpuSeconds: p.cpuSeconds, memory: `--as=${ADDRESS_SPACE_BYTES}` })
}

let bwrapTried: Promise<string | null> | null = null

/** In containers bubblewrap is often there but may not make namespaces, so it is tried once. */
function workingBwrap(): Promise<string | null> {
  bwrapTried ??= tryBwrap()
  return bwrapTried
}

async function tryBwrap(): Promise<string | null> {
  const bwrap = findProgram('bwrap')
  if (bwrap === null) return null
  const child = spawn(bwrap, [...BWRAP, '/usr/bin/true'], { stdio: 'ignore', env: {} })
  const [code]: unknown[] = await once(child, 'close').catch(() => [1])
  return code === 0 ? bwrap : null
}
