import type { SharedContent } from '@vidne/contract/links'
import { openZip, type ZipFile } from '@vidne/evidence/zip-reader'
import { askShared, givenIn, NotShown, type Given } from '../shared-link/asking.ts'

/** A package as its recipient gets it, and the files in it by where they lie. */
export type Fetched = { bytes: Uint8Array<ArrayBuffer>; name: string; files: readonly ZipFile[] }

/** Opens the link as the defence does, without an account, and fetches the package of its first recording. */
export async function fetchPackage(address: string): Promise<Fetched> {
  const given = givenIn(new URL(address, location.href).hash)
  if (given === null) throw new Error('the demo has no whole link')
  const { link } = given
  const [exhibit] = (await opened(given)).exhibits
  if (exhibit === undefined) throw new Error('the link of the demo shows nothing')
  let state = await askShared('packages', { link, recording: exhibit.recording })
  while (state.state === 'sealing') {
    await new Promise(done => setTimeout(done, ASKED_EVERY_MS))
    state = await askShared('prepared', { link, export: state.export })
  }
  const answer = await fetch(state.download, { credentials: 'same-origin' })
  if (!answer.ok) throw new TypeError(`the package was not sent: ${answer.status}`)
  const bytes = new Uint8Array(await answer.arrayBuffer())
  return { bytes, name: `${exhibit.reference.replaceAll(/[^\w-]+/g, '-')}.zip`, files: await filesIn(bytes) }
}

/** What the link shows. A browser that has opened it before uses up nothing by coming again. */
async function opened(given: Given): Promise<SharedContent> {
  return askShared('content', { link: given.link }).catch((error: unknown) => {
    if (error instanceof NotShown && error.because === 'not-opened') return askShared('openings', given)
    throw error
  })
}

const ASKED_EVERY_MS = 500

async function filesIn(bytes: Uint8Array): Promise<ZipFile[]> {
  const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length)
  const files = await openZip({ size: bytes.length, read })
  return [...files.values()].filter(file => file.bytes > 0)
}
