import type { VaultFinding } from '../platform/vault/vault.ts'
import { clockOf, openVaultOf, settingsOf } from './quiet-ground.ts'
import { inWords } from './refused.ts'

/**
 * Brings a missing, empty or damaged copy of the vault back from the other one, and says what is still wrong with it.
 * @throws OperationRefused in words
 */
export async function repairVault(data: string): Promise<VaultFinding[]> {
  const settings = settingsOf(data)
  return inWords(data, async () => {
    const vault = await openVaultOf(settings, await clockOf(settings))
    try {
      return await vault.repair()
    } finally {
      await vault.close()
    }
  })
}
