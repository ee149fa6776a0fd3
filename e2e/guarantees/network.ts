import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const preload = new URL('./watch-network.mjs', import.meta.url).href

export type Noted = { pid: number; kind: string; what: string }

/** Has every Node program that is started with `env` note, in a file in `folder`, whom it wants to reach. */
export function watchedNetwork(folder: string): { env: Record<string, string>; noted: () => Noted[] } {
  const file = join(folder, `noted-${randomUUID()}`)
  writeFileSync(file, '')
  return {
    env: { NODE_OPTIONS: `--import=${preload}`, VIDNE_TEST_NETWORK: file },
    noted: () =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter(line => line !== '')
        .map(line => JSON.parse(line) as Noted),
  }
}

/** Those who would be looked for outside this machine. */
export function foreign(noted: readonly Noted[]): Noted[] {
  return noted.filter(
    ({ kind, what }) => kind !== 'began' && !/^(localhost|127\.[\d.]+|::1|::ffff:127\.[\d.]+|\/.*|\0.*)$/.test(what),
  )
}

/** lo is the only interface of a new network namespace, and it is down. */
const LO_UP = `ip link set lo up 2>/dev/null || perl -e 'use Socket; socket(S, AF_INET, SOCK_DGRAM, 0); ioctl(S, 0x8914, pack("a16s x22", "lo", 0x41)) or die $!'`

/** The words that start a program on a machine that has no network but itself; null where the kernel allows no such thing. */
const alone: readonly string[] | null = namespaceWords()

/** Why nobody here can be without a network, in words; null where one can. */
export const cannotBeAlone: string | null =
  alone === null ? 'this kernel lets nobody here make a network namespace (unshare --net)' : null

function namespaceWords(): readonly string[] | null {
  const inner = ['sh', '-c', `${LO_UP}; exec "$@"`, 'sh']
  for (const words of [
    ['unshare', '--net', '--'],
    ['unshare', '--map-root-user', '--net', '--'],
  ]) {
    const [program = '', ...rest] = [...words, ...inner]
    if (spawnSync(program, [...rest, 'true'], { stdio: 'ignore' }).status === 0) return [...words, ...inner]
  }
  return null
}

/** Runs a program to its end, without a network where that can be had. */
export function runAlone(words: readonly string[], env: Record<string, string>): SpawnSyncReturns<string> {
  const [program = '', ...rest] = [...(alone ?? []), ...words]
  return spawnSync(program, rest, { encoding: 'utf8', env: { ...process.env, ...env }, maxBuffer: 2 ** 26 })
}
