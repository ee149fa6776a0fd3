// Door of the object store: a local folder or an S3-compatible store behind one port.

import { isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openFolder } from './folder.ts'
import type { Objects } from './port.ts'
import { openS3 } from './s3.ts'
import { parseS3Url } from './s3-address.ts'

export type { LentFile, ObjectWriter, Objects, OpenFile, ObjectsFinding, Recognition } from './port.ts'
export { isObjectName, newObjectName, ObjectExists, ObjectMissing, ObjectsAway, ObjectsUrlRefused } from './port.ts'

/**
 * Opens the store at an address: a folder (path or file: URL, made where it is missing) or
 * `s3://KEY:SECRET@HOST[:PORT]/BUCKET[/PREFIX][?region=REGION&tls=off]` (the bucket must be there; without KEY:SECRET the
 * environment's AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are taken). Does not talk to an S3 store yet: `probe()` does.
 * @throws ObjectsUrlRefused
 */
export async function openObjects(url: string): Promise<Objects> {
  if (url.startsWith('s3:')) return openS3(parseS3Url(url, process.env))
  if (url.startsWith('file:')) return openFolder(fileURLToPath(url))
  return openFolder(isAbsolute(url) ? url : resolve(url))
}
