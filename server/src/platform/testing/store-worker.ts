// The S3 store of a run of tests, in a process of its own: starting it stands still for seconds. Prints where it is asked; each POST is
// answered with the address of a new bucket, and the first one starts the store. It ends with its input.

import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { type Radosgw, startRadosgw } from './radosgw.ts'

let store: Promise<Radosgw> | undefined

const server = createServer((_, answer) => {
  store ??= startRadosgw()
  store
    .then(started => started.bucket(`t${randomBytes(8).toString('hex')}`))
    .then(
      url => answer.end(url),
      (error: unknown) => answer.writeHead(500).end(String(error)),
    )
})
// Starting the store may take longer than the patience that a server has with somebody who is silent.
server.requestTimeout = 0
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}\n`)
})

process.stdin.resume()
process.stdin.once('end', () => {
  const stopped = store?.then(started => started.stop()).catch(() => undefined)
  void Promise.resolve(stopped).then(() => process.exit(0))
})
