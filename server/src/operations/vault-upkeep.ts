import type { Language } from '@vidne/locales/say'
import { stillWords } from '../platform/still.ts'
import type { VaultFinding } from '../platform/vault/vault.ts'
import { clockOf, missingParts, openVaultOf, settingsOf } from './quiet-ground.ts'
import { OperationRefused, inWords } from './refused.ts'

/** What is wrong with the vault, in words. */
export type VaultTrouble = Omit<VaultFinding, 'still'> & { readonly text: string }

/**
 * Brings a missing, empty or damaged copy of the vault back from the other one, and says what is still wrong with it.
 * @throws OperationRefused in words
 */
export async function repairVault(data: string, language: Language = 'en'): Promise<VaultTrouble[]> {
  const settings = settingsOf(data)
  const vault = missingParts(settings).find(({ part }) => part === 'vault')
  // Opened, an empty place would become a new vault.
  if (vault !== undefined)
    throw new OperationRefused(
      `Neither copy of the vault is in ${vault.path}. If its disks are not mounted, mount them; else restore it with ` +
        `"vidne restore BACKUP --missing --data ${data}".`,
    )
  return inWords(data, async () => {
    const vault = await openVaultOf(settings, await clockOf(settings))
    try {
      const found = await vault.repair()
      return found.map(({ still, ...finding }) => ({ ...finding, text: stillWords(language, still) }))
    } finally {
      await vault.close()
    }
  })
}
