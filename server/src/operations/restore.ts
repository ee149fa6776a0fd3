import { resolve } from 'node:path'
import type { Logger } from '../platform/http/logging.ts'
import { type Still, stillWords } from '../platform/still.ts'
import { stillOf } from '../seal/seal.ts'
import { openQuietGround, throwawaySigners } from './quiet-ground.ts'
import { type OpenedBackup, demandSigned, demandUnaltered, openBackup } from './opened-backup.ts'
import { inWords } from './refused.ts'
import { type Plan, type RestoreWish, planRestore } from './restore-plan.ts'
import { restoreDatabase } from './restored-database.ts'
import {
  restoreKeys,
  restoreLock,
  restoreLog,
  restoreObjects,
  restoreVaultPart,
  writeSettings,
} from './restored-files.ts'

export type { RestoreWish } from './restore-plan.ts'

export type RestoreReport = {
  readonly data: string
  readonly origin: string
  /** When the backup was made, epoch milliseconds. */
  readonly at: number
  readonly restored: readonly string[]
  /** What was there already, or is a server's, and was left as it is. */
  readonly left: readonly string[]
  /** Keys that had been destroyed and had come back with the vault; they were destroyed again. */
  readonly destroyedAgain: number
  /** Whether the log may go on. If not, nothing is signed until what the text says is done. */
  readonly log: 'ok' | { readonly stopped: string; readonly text: string }
  /** Why nothing is deleted on time, or null. */
  readonly cleanUp: { readonly code: string; readonly text: string } | null
}

/**
 * Makes an installation from a backup, or with `missing` the parts of one that are not there. Nothing that is there is
 * ever written over. All of the backup is checked before the first byte is written, the footage while it is copied.
 * Settings come last: a restore that was cut off is no installation.
 * @throws OperationRefused in words
 */
export async function restoreBackup(wish: RestoreWish, log: Logger): Promise<RestoreReport> {
  const backup = await openBackup(wish.from)
  const data = resolve(wish.data)
  return inWords(data, async () => {
    const plan = await planRestore(backup, { ...wish, data }, log)
    await demandSigned(backup, plan.signedBy)
    await demandUnaltered(backup, checkedAhead(backup, plan))
    await restoreParts(backup, plan, wish, log)
    return bringUp(backup, plan, log)
  })
}

/** The objects are compared while they are copied; whole disks of them would be read twice otherwise. */
function checkedAhead({ digests }: OpenedBackup, { parts }: Plan): string[] {
  const folders = new Set([...digests.keys()].map(path => path.slice(0, path.indexOf('/') + 1)))
  const wanted = (folder: string): boolean =>
    folder === 'settings/' || folder === 'keys/' || parts.some(part => part !== 'objects' && folder.startsWith(part))
  return [...folders].filter(wanted)
}

async function restoreParts(backup: OpenedBackup, plan: Plan, wish: RestoreWish, log: Logger): Promise<void> {
  const { settings, places, parts, clock } = plan
  const { database: held } = backup.description
  await restoreKeys(plan)
  if (parts.includes('log')) await restoreLog(backup, settings)
  if (wish.lock !== null) await restoreLock(wish.lock, settings)
  if (parts.includes('database') && held !== null) {
    const url = settings.database ?? null
    await restoreDatabase({ url, folder: places.database, log }, backup, held)
  }
  if (parts.includes('vault')) await restoreVaultPart(backup, settings, clock)
  if (parts.includes('objects')) await restoreObjects(backup, settings, wish.onProgress)
}

/** Before anybody can read, what had been destroyed since the vault was backed up is destroyed again (G10). */
async function bringUp(backup: OpenedBackup, plan: Plan, logger: Logger): Promise<RestoreReport> {
  const { settings, parts, left } = plan
  const keys = plan.hasLogKeys ? undefined : await throwawaySigners(settings.origin)
  const ground = await openQuietGround(settings, logger, keys)
  try {
    const destroyedAgain = plan.replay ? await ground.keep.afterVaultRestore() : 0
    if (plan.fresh) await writeSettings(backup, plan)
    const { at, origin } = backup.description
    const [found, stop] = [stillOf(await ground.logStanding()), await ground.keep.standing()]
    const standing: Still | null = plan.hasLogKeys ? found : { code: 'log-keys-lost' }
    const log = standing === null ? 'ok' : { stopped: standing.code, text: stillWords('en', standing) }
    const cleanUp = stop === null ? null : { code: stop.code, text: stillWords('en', stop) }
    return { data: settings.data, origin, at, restored: parts, left, destroyedAgain, log, cleanUp }
  } finally {
    await ground.close()
  }
}
