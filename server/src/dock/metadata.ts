import { writePath, LONGEST_PATH_BYTES } from './path-names.ts'
import type { WrittenPath } from './path-names.ts'
import { readProvenance } from './provenance.ts'
import type { Provenance } from './provenance.ts'
import { isRefusal, refuse } from './refusals.ts'
import type { Refusal } from './refusals.ts'
import { base64Bytes } from './tus-headers.ts'

/**
 * What one clock says of a recording. `at`: UTC epoch milliseconds; `local`: a wall-clock time without a zone, as a file name
 * has it (YYYY-MM-DDTHH:MM:SS). One of the two.
 */
export type ClockReading = { readonly source: string } & ({ readonly at: number } | { readonly local: string })

/** What the sender says of a file. None of it is believed; all of it is kept with the word of whom it is. */
export type Described = {
  readonly path: WrittenPath
  /** Null: the camera is not known. */
  readonly camera: string | null
  /** Who named the camera: a person, or a pattern in the file's name. */
  readonly cameraSource: string | null
  /** Null: unknown wearer. */
  readonly wearer: string | null
  readonly clocks: readonly ClockReading[]
  /** SHA-256 of the whole file, when the sender knew it before. */
  readonly sha256: Uint8Array | null
  readonly proposedHold: boolean
  readonly session: string | null
  /** Null: nobody said where it came from. */
  readonly provenance: Provenance | null
}

const LONGEST_HEADER = 16_384
const MOST_CLOCKS = 16
const WORD = /^[^\p{Cc}]{1,200}$/u
const LOCAL_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/

/**
 * Reads tus' Upload-Metadata: pairs of a key and base64, by commas. Unknown keys are left alone, since uploaders add their own;
 * a known key with a value of the wrong kind is refused, not repaired.
 */
export function readMetadata(header: string | undefined): Described | Refusal {
  const pairs = pairsOf(header ?? '')
  if (pairs === null) {
    return refuse('metadata-unreadable', 'Upload-Metadata must be pairs of a key and its value in base64, by commas.')
  }
  const word = (key: string): string | null => textOf(pairs.get(key))
  const clocks = clocksOf(word('clocks'))
  const sha256 = word('sha256')
  const name = pathBytes(pairs)
  if (clocks === null) return wrong('clocks', 'a JSON list of {"source","at"} or {"source","local"}, at most 16')
  if (sha256 !== null && !/^[0-9a-f]{64}$/.test(sha256)) return wrong('sha256', '64 lower-case hexadecimal digits')
  if (name.length > LONGEST_PATH_BYTES) return wrong('path', `at most ${LONGEST_PATH_BYTES} bytes`)
  for (const key of ['camera', 'cameraSource', 'wearer', 'dockSession']) {
    const text = word(key)
    if (text !== null && !WORD.test(text)) return wrong(key, '1 to 200 characters without control characters')
  }
  const provenance = readProvenance(word)
  if (isRefusal(provenance)) return provenance
  return {
    path: writePath(name),
    camera: identified(word('camera')),
    cameraSource: word('cameraSource'),
    wearer: identified(word('wearer')),
    clocks,
    sha256: sha256 === null ? null : new Uint8Array(Buffer.from(sha256, 'hex')),
    proposedHold: word('proposedHold') === 'true',
    session: word('dockSession'),
    provenance,
  }
}

function wrong(key: string, what: string): Refusal {
  return refuse('metadata-unreadable', `The value of ${key} in Upload-Metadata must be ${what}.`)
}

/** Null when the header is not what tus 1.0 describes, or names a key twice. */
function pairsOf(header: string): Map<string, Uint8Array> | null {
  const pairs = new Map<string, Uint8Array>()
  if (header.length > LONGEST_HEADER) return null
  for (const pair of header === '' ? [] : header.split(',')) {
    const [key = '', encoded = '', ...rest] = pair.trim().split(' ')
    const value = base64Bytes(encoded)
    if (key === '' || value === null || rest.length > 0 || pairs.has(key)) return null
    pairs.set(key, value)
  }
  return pairs
}

/** A path of our own agent, else what tus-js-client and Uppy send. Uppy writes `null` for "not in a folder". */
function pathBytes(pairs: ReadonlyMap<string, Uint8Array>): Uint8Array {
  for (const key of ['path', 'relativePath', 'filename', 'name']) {
    const bytes = pairs.get(key)
    if (bytes !== undefined && bytes.length > 0 && textOf(bytes) !== 'null') return bytes
  }
  return new Uint8Array(0)
}

function textOf(bytes: Uint8Array | undefined): string | null {
  return bytes === undefined || bytes.length === 0 ? null : Buffer.from(bytes).toString('utf8')
}

/** Default ids of cameras and wearers (000000) name nobody. */
export function identified(id: string | null): string | null {
  return id === null || /^0+$/.test(id) ? null : id
}

function clocksOf(text: string | null): ClockReading[] | null {
  if (text === null) return []
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (!Array.isArray(value) || value.length > MOST_CLOCKS) return null
  const clocks = value.map(readClock)
  return clocks.every(clock => clock !== null) ? clocks : null
}

function readClock(value: unknown): ClockReading | null {
  if (typeof value !== 'object' || value === null || !('source' in value)) return null
  const { source } = value
  if (typeof source !== 'string' || !WORD.test(source)) return null
  if ('at' in value) {
    return typeof value.at === 'number' && Number.isSafeInteger(value.at) ? { source, at: value.at } : null
  }
  if (!('local' in value) || typeof value.local !== 'string' || !LOCAL_TIME.test(value.local)) return null
  return { source, local: value.local }
}
