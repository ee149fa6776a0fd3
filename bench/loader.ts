import { randomFillSync } from 'node:crypto'
import { Agent, type IncomingMessage, request } from 'node:http'

export type Load = { url: string; token: string; uploads: number; bytes: number }
export type Loaded = { seconds: number; bytes: number; paths: string[] }

/** Begins `uploads` uploads at once and sends each in one PATCH, like a rack of cameras. Every file is different. */
export async function upload({ url, token, uploads, bytes }: Load): Promise<Loaded> {
  const agent = new Agent({ keepAlive: true, maxSockets: uploads })
  const body = randomFillSync(Buffer.allocUnsafe(bytes))
  const began = performance.now()
  const paths = await Promise.all(
    Array.from({ length: uploads }, (_, at) => one({ url, token, agent, body, mark: at })),
  )
  const seconds = (performance.now() - began) / 1000
  agent.destroy()
  return { seconds, bytes: uploads * bytes, paths }
}

type One = { url: string; token: string; agent: Agent; body: Buffer; mark: number }

async function one({ url, token, agent, body, mark }: One): Promise<string> {
  const common = { authorization: `Bearer ${token}`, 'tus-resumable': '1.0.0' }
  const made = await ask(
    agent,
    `${url}/upload/`,
    'POST',
    { ...common, 'upload-length': String(body.length), 'content-length': '0' },
    [],
  )
  const path = new URL(made.headers.location ?? '', url).pathname
  // A head of its own makes each file a recording of its own without a buffer of its own.
  const head = Buffer.from(`${mark}-${Date.now()}-${Math.random()}`.padEnd(64))
  const headers = {
    ...common,
    'upload-offset': '0',
    'content-type': 'application/offset+octet-stream',
    'content-length': String(body.length),
  }
  const sent = await ask(agent, `${url}${path}`, 'PATCH', headers, [head, body.subarray(head.length)])
  if (sent.statusCode !== 204) throw new Error(`an upload was answered ${sent.statusCode}`)
  return path
}

function ask(
  agent: Agent,
  url: string,
  method: string,
  headers: Record<string, string>,
  body: readonly Buffer[],
): Promise<IncomingMessage> {
  return new Promise((done, failed) => {
    const asked = request(url, { method, agent, headers }, response => {
      response.resume()
      response.on('end', () => done(response))
    })
    asked.on('error', failed)
    for (const part of body) asked.write(part)
    asked.end()
  })
}
