import { createCipheriv, createDecipheriv } from 'node:crypto'
import { fromUtf8, u64, utf8 } from '@vidne/evidence/bytes'
import { parseOpenEvent, type OpenEvent } from '@vidne/evidence/event'
import { canonicalize, parseCanonical } from '@vidne/evidence/jcs'
import { uuidBytes } from '../identifiers.ts'
import { randomPortion } from './randomness.ts'

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** An opening in the database does not open, or is not the event that its row says: the row or the key is wrong. */
export class OpeningDamaged extends Error {
  override readonly name = 'OpeningDamaged'
}

/**
 * Encrypts an event for its row: nonce (12 random bytes) ‖ AES-256-GCM of JCS({core,salt,fields}) ‖ tag (16), under the
 * subject's history key. The row it belongs to, subject ‖ u64 seq, is authenticated along with it.
 */
export function sealOpening(key: Uint8Array, subject: string, event: OpenEvent): Uint8Array {
  const nonce = randomPortion(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(rowBytes(subject, event.core.seq))
  const { core, salt, fields } = event
  const sealed = [cipher.update(utf8(canonicalize({ core, salt, fields }))), cipher.final()]
  return new Uint8Array(Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]))
}

/** The event of a row. Throws OpeningDamaged. */
export function unsealOpening(key: Uint8Array, subject: string, seq: number, opening: Uint8Array): OpenEvent {
  try {
    const nonce = opening.subarray(0, NONCE_BYTES)
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(rowBytes(subject, seq))
    decipher.setAuthTag(opening.subarray(opening.length - TAG_BYTES))
    const sealed = opening.subarray(NONCE_BYTES, opening.length - TAG_BYTES)
    const plain = Buffer.concat([decipher.update(sealed), decipher.final()])
    return parseOpenEvent(parseCanonical(fromUtf8(plain)))
  } catch (cause) {
    throw new OpeningDamaged(`event ${seq} of ${subject} does not open`, { cause })
  }
}

function rowBytes(subject: string, seq: number): Uint8Array {
  return Buffer.concat([uuidBytes(subject), u64(seq)])
}
