import { spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { leftOut } from '../../../../checks/left-out.ts'
import { cannotMount, withMortalDisk } from '../testing/small-disks.ts'
import { decodeSlot, slotState, SLOT_BYTES } from './slot.ts'
import { KeyDestroyed, openVault, VaultInUse } from './vault.ts'

const WRITER = join(import.meta.dirname, '..', 'testing', 'vault-writer-worker.ts')
const KILLS = 6
/** Keys that the writer has acknowledged before it is killed. */
const LEAST_KEYS = 16

type Told = { held: Map<string, string>; maybe: Set<string>; destroyed: Set<string> }

/** Runs the writer, kills it in mid-write, and adds what it had been told to what was known. */
async function writeUntilKilled(copies: readonly [string, string], master: Buffer, told: Told): Promise<void> {
  const child = spawn(process.execPath, [WRITER, ...copies, master.toString('hex')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = new Promise(resolve => child.once('exit', resolve))
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const said = (sign: string): number => output.split('\n').filter(line => line.startsWith(sign)).length
  while (said('+ ') < LEAST_KEYS || said('- ') === 0) await sleep(5)
  await expect(openVault({ copies, master, clock: { now: () => Date.now() } })).rejects.toThrow(VaultInUse)
  await sleep(Math.random() * 150)
  child.kill('SIGKILL')
  await gone
  for (const line of output.split('\n').slice(0, -1)) {
    const [what, id = '', key = ''] = line.split(' ')
    if (what === '+') told.held.set(id, key)
    if (what === '?') told.maybe.add(id)
    if (what === '-') told.destroyed.add(id)
  }
}

/** Compares what the vault holds with what it had acknowledged; gives the number of keys that are there. */
async function verifyTold(copies: readonly [string, string], master: Buffer, told: Told): Promise<number> {
  const vault = await openVault({ copies, master, clock: { now: () => Date.now() } })
  let held = 0
  for (const [id, key] of told.held) {
    const found = await vault.key(id).catch((error: unknown) => error)
    const mayBeGone = told.destroyed.has(id) || (told.maybe.has(id) && found instanceof Error)
    if (mayBeGone) expect(found).toBeInstanceOf(KeyDestroyed)
    else expect(found).toEqual(new Uint8Array(Buffer.from(key, 'hex')))
    held += mayBeGone ? 0 : 1
  }
  expect((await vault.check()).filter(finding => finding.stops)).toEqual([])
  await vault.close()
  return held
}

test(
  'a vault whose process is killed in mid-write has every acknowledged key in both copies',
  { timeout: 120_000 },
  async () => {
    const folder = await temporaryFolder()
    const copies = [join(folder, 'a'), join(folder, 'b')] as const
    const master = randomBytes(32)
    const told: Told = { held: new Map(), maybe: new Set(), destroyed: new Set() }
    for (let kill = 0; kill < KILLS; kill++) await writeUntilKilled(copies, master, told)
    expect(await verifyTold(copies, master, told)).toBeGreaterThan(50)
    const [a = Buffer.alloc(0), b] = await Promise.all(copies.map(copy => readFile(join(copy, 'keys'))))
    expect(b?.equals(a)).toBe(true)
    for (let from = 0; from < a.length; from += SLOT_BYTES) {
      const bytes = a.subarray(from, from + SLOT_BYTES)
      if (slotState(bytes) === 'held') expect(told.destroyed).not.toContain(decodeSlot(bytes).id)
    }
    expect(await readdir(folder)).toEqual(['a', 'b'])
  },
)

const withoutDisks = leftOut('power cuts under a vault', cannotMount())

test.skipIf(withoutDisks)(
  'keys that were acknowledged are there after the power has failed at that very instant',
  async () => {
    const master = randomBytes(32)
    const clock = { now: () => Date.now() }
    const copiesIn = (folder: string) => [join(folder, 'a'), join(folder, 'b')] as const
    const agency = randomUUID()
    await withMortalDisk('ext2', async disk => {
      const vault = await openVault({ copies: copiesIn(disk.folder), master, clock })
      const ids = Array.from({ length: 64 }, () => randomUUID())
      const asked = ids.map((id, n) => {
        const expires = Date.now() + (n % 6) * 3_600_000
        return vault.create({ agency, keys: [{ id, kind: 'data' }], expires })
      })
      const keys = new Map((await Promise.all(asked)).flatMap(made => [...made]))
      const [destroyed = ''] = ids
      await vault.destroyKey(destroyed)
      await disk.afterPowerCut(async found => {
        const after = await openVault({ copies: copiesIn(found), master, clock })
        for (const [id, key] of keys)
          if (id !== destroyed) expect(Buffer.from(await after.key(id)).equals(key)).toBe(true)
        await expect(after.key(destroyed)).rejects.toThrow(KeyDestroyed)
        expect((await after.check()).filter(finding => finding.stops)).toEqual([])
        await after.close()
      })
      await vault.close()
    })
  },
)
