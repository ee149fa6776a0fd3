import type { SharedContent, SharedPackage } from '@vidne/contract/links'
import { openZip, type ZipFile } from '@vidne/evidence/zip-reader'

/** A package as its recipient gets it, and the files in it by where they lie. */
export type Fetched = { bytes: Uint8Array<ArrayBuffer>; name: string; files: readonly ZipFile[] }

/** A link of the tour was refused, with the installation's sentence. */
export class LinkRefused extends Error {
  override name = 'LinkRefused'
}

/** Opens the link as the defence does, without an account, and fetches the package of its first recording. */
export async function fetchPackage(address: string): Promise<Fetched> {
  const [link = '', secret = ''] = (address.split('#')[1] ?? '').split('.')
  const content = await ask<SharedContent>('openings', { link, secret })
  const [exhibit] = content.exhibits
  if (exhibit === undefined) throw new LinkRefused('The link shows nothing.')
  const { recording } = exhibit
  let state = await ask<SharedPackage>('packages', { link, recording })
  while (state.state === 'sealing') {
    await new Promise(done => setTimeout(done, ASKED_EVERY_MS))
    state = await ask<SharedPackage>('prepared', { link, export: state.export })
  }
  const answer = await fetch(state.download, { credentials: 'same-origin' })
  if (!answer.ok) throw new LinkRefused(`${answer.status}`)
  const bytes = new Uint8Array(await answer.arrayBuffer())
  return { bytes, name: `${exhibit.reference.replaceAll(/[^\w-]+/g, '-')}.zip`, files: await filesIn(bytes) }
}

const ASKED_EVERY_MS = 500

async function filesIn(bytes: Uint8Array): Promise<ZipFile[]> {
  const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length)
  const files = await openZip({ size: bytes.length, read })
  return [...files.values()].filter(file => file.bytes > 0)
}

/** Whoever holds a link asks beside the contract: no account, no token, one browser's cookie. */
async function ask<T>(what: string, body: object): Promise<T> {
  const answer = await fetch(`/api/shared/${what}`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json', 'accept-language': document.documentElement.lang },
    body: JSON.stringify(body),
  })
  const said: unknown = await answer.json()
  if (answer.ok) return said as T
  const sentence = typeof said === 'object' && said !== null && 'sentence' in said ? String(said.sentence) : ''
  throw new LinkRefused(sentence === '' ? String(answer.status) : sentence)
}
