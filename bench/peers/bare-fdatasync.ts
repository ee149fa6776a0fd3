import { randomUUID } from 'node:crypto'
import { open } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'

/** The floor of the ingest bench: bytes to a file, fdatasync, answer. Speaks just enough tus for the same loader. */
const folder = process.argv[2] ?? ''
const server = createServer((request, response) => {
  if (request.method === 'POST') {
    response.writeHead(201, { location: `/upload/${randomUUID()}` })
    return void response.end()
  }
  void keep(join(folder, randomUUID())).then(() => {
    response.writeHead(204)
    response.end()
  })

  async function keep(path: string) {
    const file = await open(path, 'wx')
    for await (const chunk of request) await file.write(chunk as Buffer)
    await file.datasync()
    await file.close()
  }
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(
    JSON.stringify({ ready: true, url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` }),
  )
})
process.on('SIGTERM', () => process.exit(0))
