/** What this browser remembers of files on their way, so that a reload, a sleep or a dead battery loses nothing. */

/** Where footage came from, before it came here. */
export type Origin = 'own-camera' | 'handed-in' | 'seized'

export type Provenance = {
  readonly origin: Origin
  /** Which camera; null where it is not known or not ours. */
  readonly camera: string | null
  readonly giver: string | null
  readonly legalBasis: string | null
  /** How far its clock ran ahead; null: nobody compared. */
  readonly clockOffsetMs: number | null
}

/** `open`: bytes are missing. `sent`: all are there, the receipt is not. `done`: sealed. `refused`: nothing of it was sealed. */
type KeptState = 'open' | 'sent' | 'done' | 'refused'

export type KeptFile = {
  readonly id: string
  /** Who brings it in: nobody else who signs in at this browser sees it. */
  readonly person: string
  readonly path: string
  readonly bytes: number
  /** The file's own date, by which the same file is known again. */
  readonly modified: number
  readonly provenance: Provenance
  /** What leads back to the file after a reload; null where the browser gives none. */
  readonly handle: FileSystemFileHandle | null
  /** Where it is sent to; null before the first byte. */
  readonly upload: string | null
  readonly sent: number
  readonly state: KeptState
  readonly refused: string | null
  readonly recording: string | null
  readonly receipt: string | null
  /** In the order in which they were added. */
  readonly place: number
}

const NAME = 'vidne-bring-in'
const FILES = 'files'

let opened: Promise<IDBDatabase> | null = null

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((found, failed) => {
    const asked = indexedDB.open(NAME, 1)
    asked.onupgradeneeded = () => asked.result.createObjectStore(FILES, { keyPath: 'id' })
    asked.onsuccess = () => found(asked.result)
    asked.onerror = () => failed(asked.error)
  })
  // A browser that could not open it once may be able to later.
  opened.catch(() => (opened = null))
  return opened
}

async function within<T>(mode: IDBTransactionMode, work: (files: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const trx = (await database()).transaction(FILES, mode)
  const asked = work(trx.objectStore(FILES))
  return new Promise((found, failed) => {
    trx.oncomplete = () => found(asked.result)
    trx.onabort = () => failed(trx.error)
  })
}

/** What a person has on the way at this browser, in the order it was added. */
export async function keptOf(person: string): Promise<KeptFile[]> {
  const all = await within<KeptFile[]>('readonly', files => files.getAll())
  return all.filter(file => file.person === person).toSorted((a, b) => a.place - b.place)
}

export async function keep(file: KeptFile): Promise<void> {
  try {
    await within('readwrite', files => files.put(file))
  } catch (failed) {
    // Some browsers give handles that they cannot keep; the file is asked for again after a reload.
    if (file.handle === null) throw failed
    await within('readwrite', files => files.put({ ...file, handle: null }))
  }
}

export async function forget(id: string): Promise<void> {
  await within('readwrite', files => files.delete(id))
}
