import type { CDPSession, Page } from 'playwright-core'

/** A device that keeps passkeys, as the browser's own tools make one up. Another page can be given what it keeps. */
export type Authenticator = {
  session: CDPSession
  id: string
  credentials: () => Promise<object[]>
  verifies: (user: boolean) => Promise<void>
}

/** Gives the page a device that answers at once, with a finger laid on; `credentials`: what it keeps already. */
export async function withAuthenticator(page: Page, credentials: readonly object[] = []): Promise<Authenticator> {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  const { authenticatorId: id } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  for (const credential of credentials)
    await session.send('WebAuthn.addCredential', { authenticatorId: id, credential: credential as never })
  return {
    session,
    id,
    credentials: async () => (await session.send('WebAuthn.getCredentials', { authenticatorId: id })).credentials,
    verifies: async user =>
      void (await session.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: user })),
  }
}
