import { ObjectsAway } from '../platform/objects/objects.ts'
import type { CleanUpStop, KeepGround } from './ground.ts'
import { readGround } from './known-ground.ts'
import { olderStore, type OlderStore } from './store-mark.ts'
import { keepTables } from './tables.ts'

type Ground = Pick<KeepGround, 'database' | 'objects' | 'vault' | 'installation' | 'logStanding'>

/**
 * Whether everything that clean-up relies on is this installation's, and present (G7). "Not in the database" is never a
 * reason to delete, so a database that is empty, older or another's stops it, as do a store or vault that do not know us.
 */
export async function cleanUpStop(ground: Ground): Promise<CleanUpStop | null> {
  return (await databaseStop(ground)) ?? (await objectsStop(ground)) ?? stopBesidesObjects(ground)
}

/** What else stops it where the object store is only older. */
export async function stopBesidesObjects(ground: Ground): Promise<CleanUpStop | null> {
  return (await vaultStop(ground)) ?? logStop(ground)
}

async function databaseStop({ database, installation }: Ground): Promise<CleanUpStop | null> {
  const known = await database.asInstallation(readGround)
  if (known === null) {
    return {
      code: 'database',
      text: 'The database does not know this installation: it is empty or not the right one. Nothing was deleted. Connect the right database or restore it from its backup.',
    }
  }
  if (known.installation === installation) return null
  return {
    code: 'database',
    text: 'The database belongs to another installation. Nothing was deleted. Check the database address in the settings.',
  }
}

async function objectsStop(ground: Ground): Promise<CleanUpStop | null> {
  const { objects, installation } = ground
  const found = await objects.recognises(installation).catch(awayOnly)
  if (found !== 'yes') return { code: 'objects', text: objectsTexts[found] }
  try {
    const older = await olderStore(ground)
    return older === null ? null : { code: 'objects-older', text: olderText(older) }
  } catch (error) {
    return { code: 'objects', text: objectsTexts[awayOnly(error)] }
  }
}

/** When a store was last used by its own mark, and when the database saw it last. */
function olderText({ mark, seen }: OlderStore): string {
  const own = mark === null ? 'it bears no mark of its last use' : `it is as of ${instantOf(mark)}`
  return (
    `The object store is older than the one this database last saw: ${own}, and the database saw it as of ${instantOf(seen)}. ` +
    'Nothing was deleted. Bring the newer store back. If it is lost for good, stop the server and run ' +
    '`vidne objects accept --data DIR`: it lists the recordings whose bytes are lost, and how to go on without them.'
  )
}

function instantOf(mark: number): string {
  return new Date(mark).toISOString()
}

const objectsTexts = {
  missing:
    'The object store does not bear the mark of this installation: it is empty, not mounted, or not the right one. Nothing was deleted. Mount or connect the right store.',
  other: 'The object store belongs to another installation. Nothing was deleted. Check its address in the settings.',
  away: 'The object store does not answer, or its bucket is gone. Nothing was deleted. Bring it back; the next run goes on.',
} as const

function awayOnly(error: unknown): 'away' {
  if (error instanceof ObjectsAway) return 'away'
  throw error
}

async function vaultStop({ database, vault, installation }: Ground): Promise<CleanUpStop | null> {
  const found = await vault.recognises(installation)
  if (found !== 'yes') {
    const text =
      found === 'missing'
        ? 'The vault does not bear the mark of this installation: it is empty, not mounted, or not the right one. Nothing was deleted. Mount or restore the right vault.'
        : 'The vault belongs to another installation. Nothing was deleted. Check the vault path in the settings.'
    return { code: 'vault', text }
  }
  const damage = (await vault.check()).find(finding => finding.stops)
  if (damage !== undefined) return { code: 'vault', text: `${damage.text} Nothing was deleted.` }
  const [position, known] = [await vault.position(), await database.asInstallation(readGround)]
  if (known !== null && known.vault === position.vault && known.vaultCommit <= position.commit) return null
  return {
    code: 'vault',
    text: 'The vault is older than the one this database last saw. Nothing was deleted. Put the newer vault back, or finish its restore with `vidne restore`, which destroys again what had been destroyed.',
  }
}

async function logStop({ logStanding }: Ground): Promise<CleanUpStop | null> {
  const standing = await logStanding()
  return standing === 'ok' ? null : { code: 'log', text: `${standing.text} Nothing was deleted.` }
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
