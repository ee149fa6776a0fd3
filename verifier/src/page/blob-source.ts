import type { ZipSource } from '@vidne/evidence/zip-reader'

/** A file that was chosen or dropped, read in slices: a recording of any length takes the memory of one piece. */
export function blobSource(blob: Blob): ZipSource {
  return {
    size: blob.size,
    async read(offset, length) {
      return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer())
    },
  }
}
