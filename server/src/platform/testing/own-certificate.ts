import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const SELF_SIGNED = [
  ['req', '-x509', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
  ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
  ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
].flat()

/** A certificate for localhost that vouches for itself, and its key, as PEM files in a folder. By openssl. */
export function ownCertificate(folder: string): { tlsCert: string; tlsKey: string } {
  const [tlsCert, tlsKey] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const made = spawnSync('openssl', [...SELF_SIGNED, '-keyout', tlsKey, '-out', tlsCert], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`openssl made no certificate: ${made.error?.message ?? made.stderr}`)
  return { tlsCert, tlsKey }
}

/** Why no certificate can be made here, in words; null where one can. */
export function opensslMissing(): string | null {
  return spawnSync('openssl', ['version']).status === 0 ? null : 'there is no openssl (Debian: apt-get install openssl)'
}
