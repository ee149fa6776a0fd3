import { createHmac, createSecretKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** PARAM_ENCODE: AEAD 1, KDF 1, segment length 4, IV length 4. */
export const PARAMETER_BYTES = 10

const KEY_BYTES = 32
const MESSAGE_KEY_BYTES = 48
const MIN_SEGMENT_BYTES = 33

/** What every derivation of one message binds. */
export type MessageSecret = { key: Uint8Array; parameters: Uint8Array; iv: Uint8Array; aad: Uint8Array }

/**
 * Copies what is needed for as long as the message is open, so that later changes to the caller's buffers change no segment key.
 * The data key is not copied: it serves only while the constructor runs. Throws RangeError unless the key has 32 bytes.
 */
export function messageSecret(p: MessageSecret): MessageSecret {
  if (p.key.length !== KEY_BYTES) throw new RangeError('a FLOE key has 32 bytes')
  return {
    key: p.key,
    parameters: Uint8Array.from(p.parameters),
    iv: Uint8Array.from(p.iv),
    aad: Uint8Array.from(p.aad),
  }
}

/** FLOE PARAM_ENCODE with AES-GCM-256 (0), HKDF-Expand-SHA-384 (0) and an IV of 32 bytes. Throws RangeError for an impossible segment length. */
export function encodeParameters(segmentBytes: number): Uint8Array {
  if (!Number.isSafeInteger(segmentBytes) || segmentBytes < MIN_SEGMENT_BYTES || segmentBytes > 0xffff_fffe) {
    throw new RangeError('segmentBytes must be a whole number from 33 to 4294967294')
  }
  const parameters = new Uint8Array(PARAMETER_BYTES)
  const view = new DataView(parameters.buffer)
  view.setUint32(2, segmentBytes)
  view.setUint32(6, 32)
  return parameters
}

/**
 * FLOE_KDF: HKDF-Expand-SHA-384 (RFC 5869 section 2.3) over parameters ‖ IV ‖ purpose ‖ AAD. At most 48 bytes, so one block:
 * HMAC(key, info ‖ 0x01).
 */
export function derive(secret: MessageSecret, purpose: string | Uint8Array, bytes: number): Buffer {
  if (bytes > 48) throw new RangeError('at most 48 bytes are derived')
  return createHmac('sha384', secret.key)
    .update(secret.parameters)
    .update(secret.iv)
    .update(purpose)
    .update(secret.aad)
    .update(Uint8Array.of(1))
    .digest()
    .subarray(0, bytes)
}

/**
 * The AES key of each segment. A key serves 2^rotationBits segments; the newest is kept, so reading in order derives each
 * once.
 */
export function segmentKeys(secret: MessageSecret, rotationBits: number): (index: number) => KeyObject {
  const segmentSecret = { ...secret, key: derive(secret, 'MESSAGE_KEY:', MESSAGE_KEY_BYTES) }
  const segmentsPerKey = 2 ** rotationBits
  let first = -1
  let current: KeyObject | null = null
  return index => {
    const wanted = index - (index % segmentsPerKey)
    if (current === null || wanted !== first) {
      current = createSecretKey(derive(segmentSecret, segmentPurpose(wanted), KEY_BYTES))
      first = wanted
    }
    return current
  }
}

/** "DEK:" ‖ I2BE(MASK(segmentNumber), 8) */
function segmentPurpose(maskedIndex: number): Uint8Array {
  const purpose = new Uint8Array(12)
  purpose.set(new TextEncoder().encode('DEK:'))
  new DataView(purpose.buffer).setBigUint64(4, BigInt(maskedIndex))
  return purpose
}
