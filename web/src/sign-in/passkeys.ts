/** What a browser answers when a passkey was used, as the installation takes it. */
export type UsedPasskey = {
  id: string
  rawId: string
  type: 'public-key'
  clientExtensionResults: Record<string, unknown>
  response: { clientDataJSON: string; authenticatorData: string; signature: string; userHandle: string }
}

export type MadePasskey = {
  id: string
  rawId: string
  type: 'public-key'
  clientExtensionResults: Record<string, unknown>
  response: { clientDataJSON: string; attestationObject: string; transports: string[] }
}

/** Whether this browser, at this address, can use passkeys at all. */
export function passkeysWork(): boolean {
  return isSecureContext && 'PublicKeyCredential' in globalThis && 'parseRequestOptionsFromJSON' in PublicKeyCredential
}

/** Asks the device for a passkey it has; null where nobody gave one. */
export async function usePasskey(options: unknown): Promise<UsedPasskey | null> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON)
  const found = await orNull(navigator.credentials.get({ publicKey }))
  if (!(found instanceof PublicKeyCredential) || !(found.response instanceof AuthenticatorAssertionResponse))
    return null
  const { clientDataJSON, authenticatorData, signature, userHandle } = found.response
  return {
    ...named(found),
    response: {
      clientDataJSON: text(clientDataJSON),
      authenticatorData: text(authenticatorData),
      signature: text(signature),
      userHandle: userHandle === null ? '' : text(userHandle),
    },
  }
}

/** Has the device make a passkey; null where nobody wanted one. */
export async function makePasskey(options: unknown): Promise<MadePasskey | null> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON)
  const made = await orNull(navigator.credentials.create({ publicKey }))
  if (!(made instanceof PublicKeyCredential) || !(made.response instanceof AuthenticatorAttestationResponse))
    return null
  const { clientDataJSON, attestationObject } = made.response
  return {
    ...named(made),
    response: {
      clientDataJSON: text(clientDataJSON),
      attestationObject: text(attestationObject),
      transports: made.response.getTransports(),
    },
  }
}

function named(credential: PublicKeyCredential) {
  return { id: credential.id, rawId: text(credential.rawId), type: 'public-key' as const, clientExtensionResults: {} }
}

/** Whoever closes the device's question has not failed; they have changed their mind. */
async function orNull(asked: Promise<Credential | null>): Promise<Credential | null> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof DOMException) return null
    throw error
  }
}

function text(bytes: ArrayBuffer): string {
  const letters = [...new Uint8Array(bytes)].map(byte => String.fromCharCode(byte)).join('')
  return btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}
