// Run as a child by the vault's kill test: makes, moves and destroys keys as fast as it can and says on stdout what was
// acknowledged. `+ id key` held, `? id` about to be destroyed, `- id` destroyed. It is killed in the middle.

import { randomUUID } from 'node:crypto'
import { writeSync } from 'node:fs'
import { openVault } from '../vault/vault.ts'

const [a = '', b = '', master = ''] = process.argv.slice(2)
const agency = '11111111-2222-7333-8444-555555555555'
const vault = await openVault({ copies: [a, b], master: Buffer.from(master, 'hex'), clock: { now: () => Date.now() } })

function say(line: string): void {
  writeSync(1, `${line}\n`)
}

async function one(round: number): Promise<void> {
  const id = randomUUID()
  const expires = Date.now() + (round % 5) * 3_600_000
  const keys = await vault.create({ agency, keys: [{ id, kind: 'data' }], expires })
  say(`+ ${id} ${Buffer.from(keys.get(id) ?? []).toString('hex')}`)
  if (round % 3 === 0) await vault.rewrap({ id, agency, expires: null })
  if (round % 4 !== 0) return
  say(`? ${id}`)
  await vault.destroyKey(id)
  say(`- ${id}`)
}

for (let round = 0; ; round += 8) await Promise.all(Array.from({ length: 8 }, (_, n) => one(round + n)))
