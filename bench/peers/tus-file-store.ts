import { createServer } from 'node:http'
import { FileStore } from '@tus/file-store'
import { Server } from '@tus/server'

/** The peer of the ingest bench: tus with its file store, which keeps plaintext and never syncs. */
const tus = new Server({ path: '/upload', datastore: new FileStore({ directory: process.argv[2] ?? '' }) })
const server = createServer((request, response) => void tus.handle(request, response))
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(
    JSON.stringify({ ready: true, url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` }),
  )
})
process.on('SIGTERM', () => process.exit(0))
