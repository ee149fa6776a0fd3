import type { Still } from '../platform/still.ts'

/** Why an upload request is refused. Closed set; each answer carries one of these as `error`, and a sentence as `message`. */
export type RefusalCode =
  | 'not-signed-in'
  | 'not-allowed'
  | 'not-found'
  | 'gone'
  | 'method-unknown'
  | 'version-unsupported'
  | 'header-unreadable'
  | 'metadata-unreadable'
  | 'provenance-incomplete'
  | 'wrong-content-type'
  | 'too-long'
  | 'offset-conflict'
  | 'upload-in-use'
  | 'already-complete'
  | 'algorithm-unknown'
  | 'checksum-mismatch'
  | 'digest-mismatch'
  | 'deleted-here'
  | 'too-many-parts'
  | 'idle'
  | 'busy'
  | 'storage-full'
  | 'storage-away'
  | 'database-away'
  | 'storage-damaged'
  | 'stands-still'

/** An expected refusal as a value: what is wrong and what to do, for a person and for a program. */
export type Refusal = {
  readonly refused: RefusalCode
  readonly status: number
  readonly message: string | Still
  readonly headers: Readonly<Record<string, string>>
}

const STATUS: Record<RefusalCode, number> = {
  'not-signed-in': 401,
  'not-allowed': 403,
  'not-found': 404,
  gone: 410,
  'method-unknown': 405,
  'version-unsupported': 412,
  'header-unreadable': 400,
  'metadata-unreadable': 400,
  'provenance-incomplete': 400,
  'wrong-content-type': 415,
  'too-long': 413,
  'offset-conflict': 409,
  'upload-in-use': 423,
  'already-complete': 403,
  'algorithm-unknown': 400,
  // tus 1.0, checksum extension.
  'checksum-mismatch': 460,
  'digest-mismatch': 460,
  'deleted-here': 403,
  'too-many-parts': 413,
  idle: 408,
  // 503 and not 429: tus-js-client gives up on every 4xx but 409 and 423.
  busy: 503,
  'storage-full': 507,
  'storage-away': 503,
  'database-away': 503,
  'storage-damaged': 500,
  'stands-still': 503,
}

export function refuse(
  refused: RefusalCode,
  message: Refusal['message'],
  headers: Record<string, string> = {},
): Refusal {
  return { refused, status: STATUS[refused], message, headers }
}

/** The installation protects what it holds. `because` says why, and what its operator does. */
export function standsStill(because: Still): Refusal {
  return refuse('stands-still', { code: 'nothing-taken-in', values: { because } }, { 'retry-after': '60' })
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value
}
