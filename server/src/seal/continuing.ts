import { rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { statementLeaf } from '@vidne/evidence/leaf'
import type { StatementOf } from '@vidne/evidence/statement'
import { makeFolderDurable } from '../platform/durable/durable.ts'
import { realDisk } from '../platform/durable/disk.ts'
import { emptyCheckpoint, type Places } from './opening.ts'
import { carryOver, insertLeaves, insertLog, logInUse, retireLog } from './store.ts'

/** What the new log begins with. */
export type Continuation = {
  readonly opened: StatementOf<'log-opened'>
  /** Names the last checkpoint that anybody has of the old log. */
  readonly continued: StatementOf<'log-continued'>
}

/**
 * Retires a log whose leaves are lost for good, and begins another under a new origin and key: leaf 0 is its opening,
 * leaf 1 names the last checkpoint of the old log, behind them come the events and statements the database still has, so
 * that every history goes on in one log. The old log's folders stay, renamed, for whoever wants to check what was lost.
 *
 * `places` are those of the new log, at the same paths as the old one's. Interrupted, it can be called again.
 */
export async function continueLog(
  places: Places & { folder: string; lockFolder: string },
  { opened, continued }: Continuation,
): Promise<void> {
  const { database, lock, signer, folder, lockFolder } = places
  if (opened.origin !== signer.name) throw new RangeError('a log is opened under the name of its key')
  if (continued.previous.origin === opened.origin) throw new RangeError('a retired origin is never used again')
  const old = await database.asInstallation(logInUse)
  if (old?.origin === opened.origin) return
  const begun = await lock.read()
  if (begun === null || begun === 'unreadable' || begun.size > 0) {
    for (const path of [folder, lockFolder]) await setAside(path, `${path}.retired-${old?.log ?? 0}`)
    await lock.begin({ size: 0, note: await emptyCheckpoint(signer) })
  }
  await database.asInstallation(async trx => {
    if (old !== null) await retireLog(trx, { log: old.log, at: opened.at })
    const log = await insertLog(trx, { origin: opened.origin, at: opened.at })
    const first = [opened, continued].map(statement => ({ leaf: statementLeaf(statement), label: null }))
    await insertLeaves(trx, { log, first: 0, leaves: first, at: opened.at })
    if (old !== null) await carryOver(trx, { from: old.log, to: log, first: first.length, at: opened.at })
  })
}

async function setAside(path: string, aside: string): Promise<void> {
  const held = (await realDisk.list(path)) ?? []
  const isAside = (await realDisk.list(aside)) !== null
  if (isAside && held.length > 0) throw new Error(`${aside} is there already`)
  if (!isAside && held.length > 0) {
    await rename(path, aside)
    await realDisk.syncFolder(dirname(path))
  }
  await makeFolderDurable(path)
}
