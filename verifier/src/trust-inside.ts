import { BytesRefused, fromUtf8 } from '@vidne/evidence/bytes'
import { PolicyRefused, parsePolicy } from '@vidne/tlog/policy'
import type { PackageSource } from './package-source.ts'
import type { Examined } from './tag-files.ts'

const MOST_POLICY_BYTES = 65_536

/** A trust file that travels in the package is an invitation to believe the package by its own word (G15). */
export async function refuseTrustInside({ source, found }: Examined, footage: string | null): Promise<void> {
  for (const [name, bytes] of source.files) {
    if (name === footage) continue
    const named = /(^|\/)trust[^/]*$|\.policy$/i.test(name)
    if (named || (bytes < MOST_POLICY_BYTES && (await isPolicy(source, name, bytes)))) found.add('trust-inside', name)
  }
}

async function isPolicy(source: PackageSource, name: string, bytes: number): Promise<boolean> {
  try {
    return parsePolicy(fromUtf8(await source.read(name, 0, bytes))).logs.length > 0
  } catch (refusal) {
    if (refusal instanceof PolicyRefused || refusal instanceof BytesRefused) return false
    throw refusal
  }
}
