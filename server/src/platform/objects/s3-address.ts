// Address of an S3-compatible bucket.

import { ObjectsUrlRefused } from './port.ts'

export type S3Address = {
  readonly origin: string
  readonly bucket: string
  /** Put before every name; empty or ending in '/'. */
  readonly prefix: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
const PREFIX = /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/

/**
 * Reads `s3://KEY:SECRET@HOST[:PORT]/BUCKET[/PREFIX][?region=REGION&tls=off]`. Key and secret are percent-encoded where
 * they hold `/`, `+`, `@` or `:`. Without them AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are taken.
 * @throws ObjectsUrlRefused, which never repeats the secret
 */
export function parseS3Url(text: string, env: Environment): S3Address {
  const url = URL.parse(text)
  if (url === null || url.protocol !== 's3:' || url.hostname === '') {
    throw new ObjectsUrlRefused('expected s3://KEY:SECRET@HOST[:PORT]/BUCKET?region=REGION')
  }
  const [bucket = '', ...rest] = url.pathname.split('/').filter(part => part !== '')
  if (!BUCKET.test(bucket)) throw new ObjectsUrlRefused('it names no bucket (s3://HOST/BUCKET)')
  const { region, tls } = settingsOf(url)
  return {
    origin: `${tls ? 'https' : 'http'}://${url.host}`,
    bucket,
    prefix: prefixOf(rest),
    region,
    ...credentialsOf(url, env),
  }
}

type Environment = Readonly<Record<string, string | undefined>>

function prefixOf(folders: readonly string[]): string {
  if (folders.length === 0) return ''
  const prefix = folders.join('/')
  if (!PREFIX.test(prefix)) throw new ObjectsUrlRefused('the prefix holds other signs than A-Z a-z 0-9 . _ -')
  return `${prefix}/`
}

function settingsOf(url: URL): { region: string; tls: boolean } {
  for (const name of url.searchParams.keys()) {
    if (name === 'region' || name === 'tls') continue
    throw new ObjectsUrlRefused(`unknown setting "${name}"; known are region and tls`)
  }
  const tls = url.searchParams.get('tls') ?? 'on'
  if (tls !== 'on' && tls !== 'off') throw new ObjectsUrlRefused('tls is on or off')
  return { region: url.searchParams.get('region') ?? 'us-east-1', tls: tls === 'on' }
}

function credentialsOf(url: URL, env: Environment): { accessKeyId: string; secretAccessKey: string } {
  const accessKeyId = decoded(url.username) || (env['AWS_ACCESS_KEY_ID'] ?? '')
  const secretAccessKey = decoded(url.password) || (env['AWS_SECRET_ACCESS_KEY'] ?? '')
  if (accessKeyId === '' || secretAccessKey === '') {
    throw new ObjectsUrlRefused('no key and secret, neither in it nor as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY')
  }
  return { accessKeyId, secretAccessKey }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new ObjectsUrlRefused('key or secret is not percent-encoded as it must be')
  }
}
