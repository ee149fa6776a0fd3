// A small S3 store in memory that can be told to misbehave: answer 500, answer slowly, cut the connection before or after
// it has done what it was asked. It does not check signatures; the real store in the other tests does.

import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export type Mischief =
  | { readonly kind: 'answer'; readonly status: number; readonly code?: string }
  | { readonly kind: 'cut' }
  | { readonly kind: 'cut-after' }
  | { readonly kind: 'cut-answer' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'trickle' }

export type FlakyS3 = {
  readonly url: string
  readonly objects: Map<string, Buffer>
  /** Every request, as METHOD path. */
  readonly asked: string[]
  /** Asked before each request; null: behave. */
  misbehave: (request: { method: string; path: string; nth: number }) => Mischief | null
  ignoresCreateOnce: boolean
  ignoresDigest: boolean
  ignoresRange: boolean
  bucketGone: boolean
  pageSize: number
  stop(): Promise<void>
}

export async function startFlakyS3(): Promise<FlakyS3> {
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    handle(store, request, response).catch(() => request.socket.destroy())
  })
  server.on('connection', socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const store: FlakyS3 = {
    url: `s3://key:secret@127.0.0.1:${port}/bucket?tls=off`,
    objects: new Map(),
    asked: [],
    misbehave: () => null,
    ignoresCreateOnce: false,
    ignoresDigest: false,
    ignoresRange: false,
    bucketGone: false,
    pageSize: 1000,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
  return store
}

async function handle(store: FlakyS3, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = request.method ?? 'GET'
  const path = request.url ?? '/'
  store.asked.push(`${method} ${path}`)
  const mischief = store.misbehave({ method, path, nth: store.asked.length })
  if (mischief?.kind === 'cut') return void request.socket.destroy()
  if (mischief?.kind === 'hang') return
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  const refused = mischief?.kind === 'answer'
  const answer = refused
    ? fault(mischief.status, mischief.code ?? 'InternalError')
    : answerTo(store, request, Buffer.concat(chunks))
  send(answer, mischief, request, response)
}

function send(answer: Answer, mischief: Mischief | null, request: IncomingMessage, response: ServerResponse): void {
  if (mischief?.kind === 'cut-after') return void request.socket.destroy()
  response.writeHead(answer.status, { 'content-length': answer.body.length, ...answer.headers })
  if (mischief?.kind === 'cut-answer') {
    response.write(answer.body.subarray(0, answer.body.length >> 1), () => request.socket.destroy())
    return
  }
  if (mischief?.kind === 'trickle') return trickle(response, answer.body)
  response.end(request.method === 'HEAD' ? undefined : answer.body)
}

type Answer = { status: number; headers?: Record<string, string>; body: Buffer }

function answerTo(store: FlakyS3, request: IncomingMessage, body: Buffer): Answer {
  const url = new URL(request.url ?? '/', 'http://stub')
  const key = url.pathname.split('/').slice(2).join('/')
  if (store.bucketGone) return fault(404, 'NoSuchBucket')
  if (key === '')
    return url.searchParams.has('list-type')
      ? list(store, url)
      : { status: 200, body: Buffer.from('<VersioningConfiguration/>') }
  if (request.method === 'PUT') return put(store, key, request, body)
  const found = store.objects.get(key)
  if (request.method === 'DELETE') {
    store.objects.delete(key)
    return { status: 204, body: Buffer.alloc(0) }
  }
  if (found === undefined) return fault(404, 'NoSuchKey')
  return get(store, found, request.headers.range)
}

function put(store: FlakyS3, key: string, request: IncomingMessage, body: Buffer): Answer {
  const signed = request.headers['x-amz-content-sha256']
  if (!store.ignoresDigest && createHash('sha256').update(body).digest('hex') !== signed)
    return fault(400, 'XAmzContentSHA256Mismatch')
  if (!store.ignoresCreateOnce && request.headers['if-none-match'] === '*' && store.objects.has(key))
    return fault(412, 'PreconditionFailed')
  store.objects.set(key, body)
  return { status: 200, body: Buffer.alloc(0) }
}

function get(store: FlakyS3, found: Buffer, range: string | undefined): Answer {
  const [, from = '', to = ''] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? []
  if (from === '' || store.ignoresRange) return { status: 200, body: found }
  if (Number(from) >= found.length) return fault(416, 'InvalidRange')
  const body = found.subarray(Number(from), Number(to) + 1)
  return {
    status: 206,
    headers: { 'content-range': `bytes ${from}-${Number(from) + body.length - 1}/${found.length}` },
    body,
  }
}

// A token with signs that XML has to escape, as real stores send them.
function list(store: FlakyS3, url: URL): Answer {
  const after = (url.searchParams.get('continuation-token') ?? '').replace('<&>', '')
  const keys = [...store.objects.keys()]
    .filter(key => key > after && key.startsWith(url.searchParams.get('prefix') ?? ''))
    .toSorted()
  const page = keys.slice(0, store.pageSize)
  const more = keys.length > page.length
  const token = more ? `<NextContinuationToken>&lt;&amp;&gt;${page.at(-1) ?? ''}</NextContinuationToken>` : ''
  const contents = page.map(key => `<Contents><Key>${key}</Key></Contents>`).join('')
  return {
    status: 200,
    body: Buffer.from(`<ListBucketResult><IsTruncated>${more}</IsTruncated>${token}${contents}</ListBucketResult>`),
  }
}

function fault(status: number, code: string): Answer {
  return { status, body: Buffer.from(`<Error><Code>${code}</Code></Error>`) }
}

function trickle(response: ServerResponse, body: Buffer): void {
  let sent = 0
  const timer = setInterval(() => {
    if (response.destroyed || sent >= body.length) return clearInterval(timer)
    response.write(body.subarray(sent, (sent += 1)))
  }, 20)
}
