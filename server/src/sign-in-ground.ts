import { hkdfSync } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Oidc } from './people/people.ts'
import { SettingRefused, type Settings } from './platform/settings/settings.ts'

/**
 * What the sign-in library signs and encrypts with, made from the master key: who has a backup and no master key cannot read how the
 * codes of a second factor are made, and a restored installation knows them all again.
 */
export function signInSecret(master: Uint8Array): string {
  return Buffer.from(hkdfSync('sha256', master, new Uint8Array(32), 'vidne sign-in v1', 32)).toString('base64url')
}

/** The agency's own sign-in as the settings name it; null where they name none. Throws SettingRefused. */
export async function readOidc(settings: Settings): Promise<Oidc | null> {
  const { oidcIssuer: issuer, oidcClient: clientId, oidcSecretFile: file } = settings
  if (issuer === undefined || clientId === undefined) return null
  if (file === undefined) return { issuer, clientId, clientSecret: null }
  const secret = await readFile(file, 'utf8').catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SettingRefused(`--oidc-secret-file ${file} cannot be read: ${why}`, { cause })
  })
  return { issuer, clientId, clientSecret: secret.trim() }
}
