import { ObjectsAway } from '../platform/objects/objects.ts'
import type { Still } from '../platform/still.ts'
import { stillOf } from '../seal/seal.ts'
import type { KeepGround } from './ground.ts'
import { readGround } from './known-ground.ts'
import { olderStore, type OlderStore } from './store-mark.ts'
import { keepTables } from './tables.ts'

type Ground = Pick<KeepGround, 'database' | 'objects' | 'vault' | 'installation' | 'logStanding'>

/**
 * Whether everything that clean-up relies on is this installation's, and present (G7). "Not in the database" is never a
 * reason to delete, so a database that is empty, older or another's stops it, as do a store or vault that do not know us.
 */
export async function cleanUpStop(ground: Ground): Promise<Still | null> {
  return (await databaseStop(ground)) ?? (await objectsStop(ground)) ?? stopBesidesObjects(ground)
}

/** What else stops it where the object store is only older. */
export async function stopBesidesObjects(ground: Ground): Promise<Still | null> {
  return (await vaultStop(ground)) ?? logStop(ground)
}

async function databaseStop({ database, installation }: Ground): Promise<Still | null> {
  const known = await database.asInstallation(readGround)
  if (known === null) return { code: 'database-unknown' }
  return known.installation === installation ? null : { code: 'database-other' }
}

async function objectsStop(ground: Ground): Promise<Still | null> {
  const { objects, installation } = ground
  const found = await objects.recognises(installation).catch(awayOnly)
  if (found !== 'yes') return { code: `objects-${found}` }
  try {
    const older = await olderStore(ground)
    return older === null ? null : { code: 'objects-older', values: whenUsed(older) }
  } catch (error) {
    return { code: `objects-${awayOnly(error)}` }
  }
}

/** When a store was last used by its own mark, and when the database saw it last. */
function whenUsed({ mark, seen }: OlderStore): { own: Still; seen: string } {
  const own =
    mark === null
      ? { code: 'store-unmarked' as const }
      : { code: 'store-as-of' as const, values: { at: instantOf(mark) } }
  return { own, seen: instantOf(seen) }
}

function instantOf(mark: number): string {
  return new Date(mark).toISOString()
}

function awayOnly(error: unknown): 'away' {
  if (error instanceof ObjectsAway) return 'away'
  throw error
}

async function vaultStop({ database, vault, installation }: Ground): Promise<Still | null> {
  const found = await vault.recognises(installation)
  if (found !== 'yes') return { code: `vault-${found}` }
  const damage = (await vault.check()).find(finding => finding.stops)
  if (damage !== undefined) return { code: 'vault-damaged', values: { finding: damage.still } }
  const [position, known] = [await vault.position(), await database.asInstallation(readGround)]
  if (known !== null && known.vault === position.vault && known.vaultCommit <= position.commit) return null
  return { code: 'vault-older' }
}

async function logStop({ logStanding }: Ground): Promise<Still | null> {
  const log = stillOf(await logStanding())
  return log === null ? null : { code: 'log-stopped', values: { log } }
}

/** Writes into a new database whose it is. Throws when it is another's already. */
export async function claimDatabase({ database, vault, installation }: Ground): Promise<void> {
  const position = await vault.position()
  await database.asInstallation(async trx => {
    const known = await readGround(trx)
    if (known !== null && known.installation !== installation)
      throw new Error('the database belongs to another installation')
    if (known !== null) return
    const row = {
      one: true,
      installation,
      vault: position.vault,
      vault_commit: BigInt(position.commit),
      objects_mark: null,
    }
    await keepTables(trx).insertInto('keep_ground').values(row).execute()
  })
}

/** Remembers how far the vault has come, so that an older one is recognised. `restored`: also when that is less far. */
export async function rememberVault({ database, vault }: Ground, restored = false): Promise<void> {
  const position = await vault.position()
  await database.asInstallation(async trx => {
    const known = await readGround(trx)
    if (known === null || (!restored && known.vaultCommit >= position.commit)) return
    const moved = { vault: position.vault, vault_commit: BigInt(position.commit) }
    await keepTables(trx).updateTable('keep_ground').set(moved).execute()
  })
}
