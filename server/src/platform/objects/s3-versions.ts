// In a bucket with versioning DELETE only hides an object. Its bytes are gone when every version of it is deleted.

import type { S3Answer, S3Client } from './s3-client.ts'

type Refused = (answer: S3Answer) => Error

/** Whether the bucket keeps versions, or kept them once. */
export async function isVersioned(client: S3Client, refused: Refused): Promise<boolean> {
  const answer = await client.send({ method: 'GET', key: null, query: { versioning: '' } })
  if (answer.status === 501 || answer.status === 405) return false
  if (answer.status !== 200) throw refused(answer)
  return /<Status>(Enabled|Suspended)<\/Status>/.test(answer.body.toString('utf8'))
}

/** Deletes every version of one name. */
export async function removeVersions(
  client: S3Client,
  prefix: string,
  name: string,
  refused: Refused,
): Promise<'removed' | 'absent'> {
  let outcome: 'removed' | 'absent' = 'absent'
  for (;;) {
    const versions = await versionsOf(client, prefix, name, refused)
    if (versions.length === 0) return outcome
    for (const { id, marker } of versions) {
      const answer = await client.send({ method: 'DELETE', key: name, query: { versionId: id } })
      if (answer.status >= 300 && answer.status !== 404) throw refused(answer)
      if (!marker) outcome = 'removed'
    }
  }
}

async function versionsOf(
  client: S3Client,
  prefix: string,
  name: string,
  refused: Refused,
): Promise<{ id: string; marker: boolean }[]> {
  const key = `${prefix}${name}`
  const answer = await client.send({
    method: 'GET',
    key: null,
    query: { versions: '', prefix: key, 'max-keys': '100' },
  })
  if (answer.status !== 200) throw refused(answer)
  const found: { id: string; marker: boolean }[] = []
  for (const [, kind, entry = ''] of answer.body.toString('utf8').matchAll(/<(Version|DeleteMarker)>(.*?)<\/\1>/gs)) {
    const id = /<VersionId>([^<]+)<\/VersionId>/.exec(entry)?.[1]
    if (id !== undefined && entry.includes(`<Key>${key}</Key>`)) found.push({ id, marker: kind === 'DeleteMarker' })
  }
  return found
}
