import { resolve } from 'node:path'
import type { Logger } from '../platform/http/logging.ts'
import { type BackupReport, type BackupWish, makeBackup } from './backup.ts'
import { BackupAnswer, askServer } from './operator-socket.ts'
import { openQuietGround, settingsOf } from './quiet-ground.ts'
import { InstallationServed } from './refused.ts'

/**
 * Makes a backup of the installation in `data`: by itself, or, while it is being served, by its server.
 * @throws OperationRefused in words
 */
export async function backUp(data: string, wish: BackupWish, log: Logger): Promise<BackupReport> {
  const settings = settingsOf(data)
  try {
    const ground = await openQuietGround(settings, log)
    try {
      return await makeBackup(ground, wish)
    } finally {
      await ground.close()
    }
  } catch (error) {
    if (!(error instanceof InstallationServed)) throw error
    const { objects, database, logKeys, onProgress } = wish
    // Relative to where the command was typed, which is not where the server runs.
    const question = { ask: 'backup', out: resolve(wish.out), objects, database, logKeys } as const
    const answered = await askServer(settings.data, question, onProgress)
    if (answered === null) throw error
    return BackupAnswer.parse(answered.value)
  }
}
