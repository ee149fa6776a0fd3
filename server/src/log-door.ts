import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Seal } from './seal/seal.ts'
import { sendSentence } from './platform/http/sentence.ts'

const longestCosignature = 65_536

/** The log in the open: its files by GET, and cosignatures by POST. Null: there is no log yet. */
export async function serveLog(
  seal: Pick<Seal, 'serve' | 'acceptCosignature'> | null,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (seal === null) return sendSentence(response, 404, 'There is no log yet.')
  const path = (request.url ?? '').split('?', 1)[0]?.slice('/log/'.length) ?? ''
  if (request.method === 'POST' && path === 'cosignature') return takeCosignature(seal, request, response)
  const served = await seal.serve(path)
  response.writeHead(served.status, served.headers)
  response.end(request.method === 'HEAD' ? undefined : served.body)
}

/** Anyone may post one: it counts only when a key that the operator named has made it. */
async function takeCosignature(
  seal: Pick<Seal, 'acceptCosignature'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let text = ''
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > longestCosignature) return sendSentence(response, 413, 'This is longer than a cosignature.')
  }
  const size = await seal.acceptCosignature(text)
  if (size === null)
    return sendSentence(
      response,
      403,
      'No line of this is the cosignature of a key that is known here, over a public checkpoint.',
    )
  sendSentence(response, 200, `Taken for the checkpoint of size ${size}.`)
}
