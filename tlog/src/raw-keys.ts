/** A secret key without a name; both #crypto files make these. */
export interface RawPrivateKey {
  readonly publicKey: Uint8Array
  sign(message: Uint8Array): Promise<Uint8Array>
}

/** A public key without a name. `verify` answers false, and never rejects, for whatever it is given. */
export interface RawPublicKey {
  verify(message: Uint8Array, signature: Uint8Array): Promise<boolean>
}
