/** Puts a file into a backup and notes its digest. `path` with `/` between its parts. */
export type Put = (path: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) => Promise<void>
