import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import type { Context, Env, Hono, Next } from 'hono'
import { DESK_PAGES } from './pages.ts'

/** Where the desk lies once it is built: `npm start` does that, or `npm run desk`. */
const built = join(import.meta.dirname, '../../../web/dist')

/** Nothing but our own files, no script or style inside a page, in nobody's frame (G17). Footage being decoded makes blobs. */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "font-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** A file's name carries its digest, so it is never another; the page that names them is asked for each time. */
const FOR_EVER = 'public, max-age=31536000, immutable'
const BY_NAME = new Set(['/desk/vidne.svg', '/desk/pressable.css'])

/** Serves the desk: its files, and its one page at every address that is a page of it. */
export function addDesk<E extends Env>(app: Hono<E>): void {
  app.get('/desk/*', kept, serveStatic<E>({ root: built, precompressed: true }))
  const page = serveStatic<E>({ root: built, path: 'index.html', precompressed: true })
  for (const name of DESK_PAGES) {
    app.get(name === '' ? '/' : `/${name}`, asPage, page, notBuilt)
    if (name !== '') app.get(`/${name}/*`, asPage, page, notBuilt)
  }
}

async function kept(context: Context, next: Next) {
  context.header('cache-control', BY_NAME.has(context.req.path) ? 'no-cache' : FOR_EVER)
  await next()
}

async function asPage(context: Context, next: Next) {
  context.header('content-security-policy', CONTENT_POLICY)
  context.header('cache-control', 'no-cache')
  context.header('permissions-policy', 'camera=(), microphone=(), geolocation=(), publickey-credentials-get=(self)')
  context.header('cross-origin-opener-policy', 'same-origin')
  await next()
}

/** The API and the command line work without it. */
function notBuilt(context: Context) {
  const why = existsSync(join(built, 'index.html')) ? 'it cannot be read' : 'it has not been built here: npm run desk'
  return context.text(`The desk cannot be shown; ${why}. How the installation stands: /status\n`, 503)
}
