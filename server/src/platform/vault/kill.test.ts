import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { decodeSlot, slotState, SLOT_BYTES } from './slot.ts'
import { KeyDestroyed, openVault, VaultInUse } from './vault.ts'

const WRITER = join(import.meta.dirname, '..', 'testing', 'vault-writer-worker.ts')
const KILLS = 6

type Told = { held: Map<string, string>; maybe: Set<string>; destroyed: Set<string> }

/** Runs the writer, kills it in mid-write, and adds what it had been told to what was known. */
async function writeUntilKilled(copies: readonly [string, string], master: Buffer, told: Told): Promise<void> {
  const child = spawn(process.execPath, [WRITER, ...copies, master.toString('hex')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = new Promise(resolve => child.once('exit', resolve))
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  while (!output.includes('- ')) await sleep(5)
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

test(
  'a vault whose process is killed in mid-write has every acknowledged key in both copies',
  { timeout: 120_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vidne-kill-'))
    const copies = [join(folder, 'a'), join(folder, 'b')] as const
    const master = randomBytes(32)
    const told: Told = { held: new Map(), maybe: new Set(), destroyed: new Set() }
    for (let kill = 0; kill < KILLS; kill++) await writeUntilKilled(copies, master, told)
    const vault = await openVault({ copies, master, clock: { now: () => Date.now() } })
    let held = 0
    for (const [id, key] of told.held) {
      const found = await vault.key(id).then(
        bytes => Buffer.from(bytes).toString('hex'),
        (error: unknown) => error,
      )
      if (told.destroyed.has(id) || (told.maybe.has(id) && found instanceof Error))
        expect(found).toBeInstanceOf(KeyDestroyed)
      else expect(found).toBe(key)
      if (found === key) held += 1
    }
    expect(held).toBeGreaterThan(50)
    expect((await vault.check()).filter(finding => finding.stops)).toEqual([])
    await vault.close()
    const [a, b] = await Promise.all(copies.map(copy => readFile(join(copy, 'keys'))))
    expect(a?.equals(b ?? Buffer.alloc(0))).toBe(true)
    for (let from = 0; from < (a?.length ?? 0); from += SLOT_BYTES) {
      const bytes = a?.subarray(from, from + SLOT_BYTES) ?? Buffer.alloc(SLOT_BYTES)
      if (slotState(bytes) === 'held') expect(told.destroyed).not.toContain(decodeSlot(bytes).id)
    }
    expect(await readdir(folder)).toEqual(['a', 'b'])
    await rm(folder, { recursive: true })
  },
)
