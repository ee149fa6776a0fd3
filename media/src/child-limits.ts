import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A command and its arguments, without a shell. */
export type Command = { file: string; args: string[] }

/** The path of a program, or null where the machine has none. */
export function findProgram(name: string): string | null {
  const folders = ['/usr/bin', '/usr/local/bin', '/bin', ...(process.env['PATH'] ?? '').split(delimiter)]
  return folders.map(folder => join(folder, name)).find(existsSync) ?? null
}

/**
 * Puts the kernel's limits before a command where the machine has `prlimit` (util-linux): processor time also ends a child whose
 * parent died, no file can be written, and a crash leaves no core dump with plaintext in it (G3).
 */
export function limited(command: Command, p: { cpuSeconds: number; memory: `--${'as' | 'data'}=${number}` }): Command {
  const prlimit = findProgram('prlimit')
  if (prlimit === null) return command
  const limits = [`--cpu=${p.cpuSeconds}:${p.cpuSeconds + 1}`, p.memory, '--core=0', '--fsize=0', '--nofile=64']
  return { file: prlimit, args: [...limits, command.file, ...command.args] }
}
