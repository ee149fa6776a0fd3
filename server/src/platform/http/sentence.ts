import type { ServerResponse } from 'node:http'

/** Answers a raw request with a sentence, as JSON. */
export function sendSentence(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify({ message }))
}
