// Tries a store and says what it lacks. Two objects are written under random names and taken away again.

import { randomBytes } from 'node:crypto'
import { newObjectName, ObjectsAway, type ObjectsFinding } from './port.ts'
import type { S3Address } from './s3-address.ts'
import { sha256Of, type S3Answer, type S3Client } from './s3-client.ts'
import { isVersioned, removeVersions } from './s3-versions.ts'

const CREATE_ONCE = { 'if-none-match': '*' }
const LOOPBACK = /^http:\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:|$)/

/** See `Objects.reach`. @throws ObjectsAway */
export async function reachS3(client: S3Client): Promise<void> {
  await client.send({ method: 'HEAD', key: null, brief: true })
}

/** See `Objects.probe`. @throws ObjectsAway */
export async function probeS3(client: S3Client, address: S3Address): Promise<ObjectsFinding[]> {
  await reachS3(client)
  const name = newObjectName()
  const content = randomBytes(4096)
  const first = await client.send({ method: 'PUT', key: name, headers: CREATE_ONCE, body: [content] })
  if (first.status >= 300) return [notWritable(first, address)]
  const findings: ObjectsFinding[] = []
  try {
    findings.push(...(await probeCreateOnce(client, name)))
    findings.push(...(await probeRange(client, name)))
    findings.push(...(await probeDigest(client, address)))
    findings.push(...(await probeBucket(client)))
  } finally {
    await takeAway(client, address, name)
  }
  if (address.origin.startsWith('http:') && !LOOPBACK.test(address.origin)) {
    const text = `${address.origin} is reached without TLS; whoever is on the way can change what is stored`
    findings.push({ code: 'unencrypted-transport', stops: false, text })
  }
  return findings
}

function notWritable(answer: S3Answer, address: S3Address): ObjectsFinding {
  const what = answer.status === 501 ? 'does not know If-None-Match' : `answered ${answer.status} ${answer.code}`
  const text = `nothing can be written to bucket ${address.bucket} at ${address.origin}: it ${what}`
  return { code: 'not-writable', stops: true, text }
}

async function probeCreateOnce(client: S3Client, name: string): Promise<ObjectsFinding[]> {
  const again = await client.send({ method: 'PUT', key: name, headers: CREATE_ONCE, body: [randomBytes(8192)] })
  if (again.status === 412) return []
  const text = 'the store overwrites an object although it is told not to; only the random names protect against it'
  return [{ code: 'create-once-not-kept', stops: false, text }]
}

async function probeRange(client: S3Client, name: string): Promise<ObjectsFinding[]> {
  const answer = await client.send({ method: 'GET', key: name, headers: { range: 'bytes=100-199' } })
  if (answer.status === 206 && answer.body.length === 100) return []
  const text = 'the store does not send ranges; every look at a recording would fetch whole parts'
  return [{ code: 'range-not-kept', stops: false, text }]
}

// The digest is of the same number of other bytes: only a store that hashes what it got can tell.
async function probeDigest(client: S3Client, address: S3Address): Promise<ObjectsFinding[]> {
  const name = newObjectName()
  const [sent, meant] = [randomBytes(1024), randomBytes(1024)]
  const accepted = await client
    .send({ method: 'PUT', key: name, body: [sent], sha256: sha256Of([meant]), once: true })
    .then(answer => answer.status < 300)
    // A store may also cut the connection to a body it does not believe.
    .catch(() => false)
  if (!accepted) return []
  await takeAway(client, address, name)
  const text = 'the store does not compare what it gets with the signed digest; bytes hurt on their way would be stored'
  return [{ code: 'digest-not-checked', stops: false, text }]
}

async function takeAway(client: S3Client, address: S3Address, name: string): Promise<void> {
  await client.send({ method: 'DELETE', key: name })
  const refused = (answer: S3Answer): Error =>
    new ObjectsAway(`the probe's object stays: ${answer.status} ${answer.code}`)
  if (await isVersioned(client, refused)) await removeVersions(client, address.prefix, name, refused)
}

async function probeBucket(client: S3Client): Promise<ObjectsFinding[]> {
  const findings: ObjectsFinding[] = []
  const versioning = await client.send({ method: 'GET', key: null, query: { versioning: '' } })
  if (/<Status>(Enabled|Suspended)<\/Status>/.test(versioning.body.toString('utf8'))) {
    const text =
      'the bucket keeps versions; every version is deleted with an object, which needs s3:DeleteObjectVersion'
    findings.push({ code: 'versioning-keeps-old-bytes', stops: false, text })
  }
  const lock = await client.send({ method: 'GET', key: null, query: { 'object-lock': '' } })
  if (lock.status === 200 && /<DefaultRetention>/.test(lock.body.toString('utf8'))) {
    const text = 'the bucket locks objects by default; bytes cannot be deleted before the lock ends (the key still can)'
    findings.push({ code: 'object-lock', stops: false, text })
  }
  return findings
}
