// Objects in an S3-compatible bucket: single PUT with the signed digest of the body, create-once by If-None-Match, no
// multipart (a store that honours If-None-Match on PUT may still ignore it when a multipart upload is completed).

import { createHash } from 'node:crypto'
import { formatMark, formatMarker, MARKER, markNamed, MARKS, nameOfMark, parseMarker, recognise } from './marker.ts'
import {
  demandName,
  isObjectName,
  ObjectExists,
  ObjectMissing,
  ObjectsAway,
  type Objects,
  type ObjectsFinding,
  type ObjectWriter,
  type Recognition,
} from './port.ts'
import type { S3Address } from './s3-address.ts'
import { PATIENCE, s3Client, sha256Of, type Patience, type S3Answer, type S3Client } from './s3-client.ts'
import { probeS3, reachS3 } from './s3-probe.ts'
import { isVersioned, removeVersions } from './s3-versions.ts'

const LARGEST_OBJECT_BYTES = 64 * 1024 * 1024
const CREATE_ONCE = { 'if-none-match': '*' }

/** Opens a bucket; does not talk to it yet. */
export function openS3(address: S3Address, patience: Patience = PATIENCE): Objects {
  return new S3Objects(address, s3Client(address, patience))
}

class S3Objects implements Objects {
  readonly kind = 's3'
  readonly #address: S3Address
  readonly #client: S3Client
  #marker: string | null = null
  #versioned: boolean | null = null

  constructor(address: S3Address, client: S3Client) {
    this.#address = address
    this.#client = client
  }

  async write(name: string, parts: readonly Uint8Array[]): Promise<void> {
    demandName(name)
    await this.#put(name, parts, sha256Of(parts))
  }

  async open(name: string): Promise<ObjectWriter> {
    demandName(name)
    return new S3Writer((parts, sha256) => this.#put(name, parts, sha256))
  }

  async read(name: string, offset: number, length: number): Promise<Uint8Array> {
    demandName(name)
    if (length === 0) return (await this.size(name)) === null ? raise(new ObjectMissing(name)) : new Uint8Array()
    const headers = { range: `bytes=${offset}-${offset + length - 1}` }
    const answer = await this.#client.send({ method: 'GET', key: name, headers })
    if (answer.status === 416) return new Uint8Array()
    if (answer.status === 404) return this.#missing(answer, name)
    // A store that does not know ranges sends the whole object.
    if (answer.status === 200) return answer.body.subarray(offset, offset + length)
    if (answer.status !== 206) throw this.#refused(answer, 'reading')
    if (!startsAt(answer, offset) || answer.body.length > length) {
      throw new ObjectsAway(`the object store ${this.#address.origin} sent another range than it was asked for`)
    }
    return answer.body
  }

  async lend(): Promise<null> {
    return null
  }

  async size(name: string): Promise<number | null> {
    demandName(name)
    const answer = await this.#client.send({ method: 'HEAD', key: name })
    if (answer.status === 200) return Number(answer.headers['content-length'])
    if (answer.status !== 404) throw this.#refused(answer, 'reading')
    await this.#demandStore()
    return null
  }

  async remove(name: string): Promise<'removed' | 'absent'> {
    demandName(name)
    await this.#demandStore()
    if (await this.#keepsVersions()) return this.#eraseVersions(name)
    // DELETE answers the same whether there was an object or not.
    if ((await this.size(name)) === null) return 'absent'
    const answer = await this.#client.send({ method: 'DELETE', key: name })
    if (answer.status >= 300 && answer.status !== 404) throw this.#refused(answer, 'deleting')
    if ((await this.size(name)) !== null) {
      throw new ObjectsAway(`the object store ${this.#address.origin} says it deleted ${name}, and still shows it`)
    }
    return 'removed'
  }

  async *list(): AsyncIterable<string> {
    for await (const name of this.#names('')) if (isObjectName(name)) yield name
  }

  // A PUT is there whole or not at all, and nothing here begins a multipart upload.
  async clearUnfinished(): Promise<number> {
    return 0
  }

  reach(): Promise<void> {
    return reachS3(this.#client)
  }

  async probe(): Promise<ObjectsFinding[]> {
    return probeS3(this.#client, this.#address)
  }

  async claim(installation: string): Promise<'claimed' | 'was-ours' | 'other'> {
    const body = [formatMarker(installation)]
    const found = await this.marker()
    if (found !== null) return found === installation ? 'was-ours' : 'other'
    const answer = await this.#client.send({ method: 'PUT', key: MARKER, headers: CREATE_ONCE, body })
    if (answer.status >= 300 && answer.status !== 412) throw this.#refused(answer, 'writing the marker')
    const now = await this.marker()
    return now === installation ? 'claimed' : 'other'
  }

  async recognises(installation: string): Promise<Recognition> {
    return recognise(await this.marker(), installation)
  }

  async marker(): Promise<string | null> {
    const answer = await this.#client.send({ method: 'GET', key: MARKER })
    if (answer.status === 404 && answer.code === 'NoSuchKey') return null
    if (answer.status !== 200) throw this.#refused(answer, 'reading the marker')
    const found = parseMarker(answer.body) ?? ''
    this.#marker ??= found
    return found
  }

  async mark(): Promise<number | null> {
    return (await this.#marks()).at(-1) ?? null
  }

  // A new object each time, and never one that is overwritten: of two processes that move it at once neither puts it back, and a
  // mark that is taken is one that somebody has moved as far.
  async moveMark(to: number): Promise<void> {
    const body = [formatMark(to)]
    await this.#demandStore()
    const answer = await this.#client.send({ method: 'PUT', key: nameOfMark(to), headers: CREATE_ONCE, body })
    if (answer.status >= 300 && answer.status !== 412) throw this.#refused(answer, 'moving the mark')
    for (const passed of (await this.#marks()).slice(0, -1)) await this.#dropMark(nameOfMark(passed))
  }

  async close(): Promise<void> {
    this.#client.close()
  }

  async #put(name: string, body: readonly Uint8Array[], sha256: string): Promise<void> {
    const answer = await this.#client.send({ method: 'PUT', key: name, headers: CREATE_ONCE, body, sha256 })
    if (answer.status < 300) return
    if (answer.status !== 412) throw this.#refused(answer, 'writing')
    // The answer to an earlier attempt was lost; the object that is in the way may be this very one.
    if (answer.unsure && (await this.#digest(name)) === sha256) return
    throw new ObjectExists(name)
  }

  /** All that are there, the furthest last. */
  async #marks(): Promise<number[]> {
    const marks: number[] = []
    for await (const name of this.#names(MARKS)) marks.push(markNamed(name) ?? 0)
    return marks.filter(mark => mark > 0).toSorted((a, b) => a - b)
  }

  // A bucket with object lock keeps it until the lock ends; it says nothing beside a later one, and is dropped another time.
  async #dropMark(name: string): Promise<void> {
    try {
      if (await this.#keepsVersions()) await this.#eraseVersions(name)
      else await this.#client.send({ method: 'DELETE', key: name })
    } catch (error) {
      if (!(error instanceof ObjectsAway)) throw error
    }
  }

  async *#names(below: string): AsyncIterable<string> {
    const { prefix } = this.#address
    let token: string | null = null
    do {
      const query: Record<string, string> = { 'list-type': '2', prefix: `${prefix}${below}` }
      if (token !== null) query['continuation-token'] = token
      const answer: S3Answer = await this.#client.send({ method: 'GET', key: null, query })
      if (answer.status !== 200) throw this.#refused(answer, 'listing')
      const page = answer.body.toString('utf8')
      for (const [, key = ''] of page.matchAll(/<Key>([^<]*)<\/Key>/g))
        if (key.startsWith(prefix)) yield key.slice(prefix.length)
      token = /<IsTruncated>true<\/IsTruncated>/.test(page) ? nextToken(page) : null
    } while (token !== null)
  }

  async #keepsVersions(): Promise<boolean> {
    this.#versioned ??= await isVersioned(this.#client, answer => this.#refused(answer, 'asking about versions'))
    return this.#versioned
  }

  async #eraseVersions(name: string): Promise<'removed' | 'absent'> {
    const refused = (answer: S3Answer): Error => this.#refused(answer, 'deleting a version (object lock?)')
    return removeVersions(this.#client, this.#address.prefix, name, refused)
  }

  async #digest(name: string): Promise<string | null> {
    const answer = await this.#client.send({ method: 'GET', key: name })
    return answer.status === 200 ? sha256Of([answer.body]) : null
  }

  async #missing(answer: S3Answer, name: string): Promise<never> {
    if (answer.code !== 'NoSuchKey') throw this.#refused(answer, 'reading')
    await this.#demandStore()
    throw new ObjectMissing(name)
  }

  // A bucket that is gone or swapped must not be taken for "no such object" (G7). A HEAD cannot tell; the marker can.
  async #demandStore(): Promise<void> {
    const expected = this.#marker
    const found = await this.marker()
    if (expected !== null && found !== expected) {
      throw new ObjectsAway(`the bucket ${this.#address.bucket} no longer shows this installation's marker`)
    }
  }

  #refused(answer: S3Answer, doing: string): ObjectsAway {
    const { origin, bucket } = this.#address
    const why = `${answer.status} ${answer.code}`.trimEnd()
    return new ObjectsAway(`the object store ${origin} refused ${doing} in bucket ${bucket}: ${why}${advice(answer)}`)
  }
}

function advice(answer: S3Answer): string {
  if (answer.code === 'NoSuchBucket') return '; make the bucket first'
  if (answer.code === 'RequestTimeTooSkewed') return "; set this machine's clock"
  return answer.status === 403 ? '; check key, secret, region and the rights on the bucket' : ''
}

class S3Writer implements ObjectWriter {
  readonly file = null
  readonly #put: (parts: readonly Uint8Array[], sha256: string) => Promise<void>
  readonly #hash = createHash('sha256')
  #parts: Uint8Array[] = []
  #bytes = 0
  #open = true

  constructor(put: (parts: readonly Uint8Array[], sha256: string) => Promise<void>) {
    this.#put = put
  }

  async append(bytes: Uint8Array): Promise<void> {
    if (!this.#open) throw new Error('the object is closed')
    if (this.#bytes + bytes.length > LARGEST_OBJECT_BYTES) throw new RangeError('an object holds 64 MiB at most')
    this.#hash.update(bytes)
    this.#bytes += bytes.length
    this.#parts.push(Uint8Array.from(bytes))
  }

  async close(): Promise<void> {
    if (!this.#open) throw new Error('the object is closed')
    this.#open = false
    const parts = this.#parts
    this.#parts = []
    await this.#put(parts, this.#hash.digest('hex'))
  }

  async abort(): Promise<void> {
    this.#open = false
    this.#parts = []
  }
}

function startsAt(answer: S3Answer, offset: number): boolean {
  return answer.headers['content-range']?.startsWith(`bytes ${offset}-`) ?? false
}

function nextToken(page: string): string | null {
  const text = /<NextContinuationToken>([^<]*)<\/NextContinuationToken>/.exec(page)?.[1]
  return text === undefined
    ? null
    : text.replace(/&(amp|lt|gt|quot|apos|#39|#34);/g, (_, name: string) => ENTITIES[name] ?? '')
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#39': "'",
  '#34': '"',
}

function raise(error: Error): never {
  throw error
}
