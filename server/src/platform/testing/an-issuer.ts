import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Provider } from 'oidc-provider'

const SECRET = 'a secret between the two of them'

/** An agency's own sign-in, as a program of its own: whoever gives a name there is who they say. */
export type Issuer = {
  /** The settings of an installation that relies on it. */
  settings: { oidcIssuer: string; oidcClient: string; oidcSecretFile: string }
  folder: string
  /** A page of another site. */
  elsewhere: string
  close(): Promise<void>
}

export async function anIssuer(back: string): Promise<Issuer> {
  const server = createServer()
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const issuer = `http://127.0.0.1:${port}`
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'vidne', client_secret: SECRET, redirect_uris: [back] }],
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id, email: id }) }),
    features: { devInteractions: { enabled: true } },
    cookies: { keys: ['of this test'] },
  })
  const handle = provider.callback()
  server.on('request', (request, response) => {
    if (request.url === '/elsewhere') {
      response.setHeader('content-type', 'text/html')
      return response.end('<!doctype html><title>Elsewhere</title><p>Another site</p>')
    }
    return void handle(request, response)
  })
  const folder = mkdtempSync(join(tmpdir(), 'vidne-issuer-'))
  const file = join(folder, 'oidc.secret')
  writeFileSync(file, `${SECRET}\n`, { mode: 0o600 })
  return {
    settings: { oidcIssuer: issuer, oidcClient: 'vidne', oidcSecretFile: file },
    folder,
    elsewhere: `${issuer}/elsewhere`,
    close: () =>
      new Promise(closed => {
        server.closeAllConnections()
        server.close(() => closed())
      }),
  }
}
