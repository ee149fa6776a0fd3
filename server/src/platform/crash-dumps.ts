import { spawnSync } from 'node:child_process'
import type { Logger } from './http/logging.ts'

/**
 * Has the kernel leave no image of this process on a disk when it crashes: footage passes through its memory in the clear (G3).
 * Takes the limit on core dumps down for good, which handlers such as systemd-coredump heed too.
 */
export function forbidCrashDumps(log: Logger): void {
  if (process.platform !== 'linux') return
  const { status } = spawnSync('prlimit', [`--pid=${process.pid}`, '--core=0:0'], { stdio: 'ignore' })
  if (status !== 0)
    log.warn(
      {},
      'a crash may leave plaintext in a core dump: prlimit (util-linux) is missing; start under "ulimit -c 0"',
    )
}
