/** Ways of getting at files: dropped, chosen one by one, or a folder; with a handle where the browser gives one. */

/** A file as somebody chose it. `path`: below what was chosen, with the folder's own name. */
export type ChosenFile = { readonly path: string; readonly file: File; readonly handle: FileSystemFileHandle | null }

type Picking = {
  showOpenFilePicker?: (wish: { multiple: boolean }) => Promise<FileSystemFileHandle[]>
  showDirectoryPicker?: () => Promise<FileSystemDirectoryHandle>
}

const picking: Window & Picking = window

/** Whether the browser's own picker gives handles, by which a file is found again after a reload. */
export const picksHandles = picking.showOpenFilePicker !== undefined && picking.showDirectoryPicker !== undefined

/** Asks for files or a folder by the browser's picker. Empty where nothing was chosen after all. */
export async function pick(what: 'files' | 'folder'): Promise<ChosenFile[]> {
  try {
    if (what === 'files') {
      const handles = (await picking.showOpenFilePicker?.({ multiple: true })) ?? []
      return await Promise.all(handles.map(handle => fileOf(handle, '')))
    }
    const folder = await picking.showDirectoryPicker?.()
    return folder === undefined ? [] : await below(folder, '')
  } catch (failed) {
    if (failed instanceof DOMException && failed.name === 'AbortError') return []
    throw failed
  }
}

/** What an input of the page gives. */
export function ofInput(files: readonly File[]): ChosenFile[] {
  return files.map(file => ({ path: file.webkitRelativePath || file.name, file, handle: null }))
}

/** What an event drops, folders with all that is in them. Call while the event lasts: afterwards it tells nothing any more. */
export async function ofDrop(data: DataTransfer): Promise<ChosenFile[]> {
  const items = [...data.items].filter(({ kind }) => kind === 'file')
  const things = items.map(item => ({
    file: item.getAsFile(),
    entry: item.webkitGetAsEntry(),
    handle: inTime(item.getAsFileSystemHandle?.().catch(() => null)),
  }))
  const found = await Promise.all(
    things.map(async ({ file, entry, handle }): Promise<ChosenFile[]> => {
      const led = (await handle) ?? null
      if (led instanceof FileSystemDirectoryHandle) return below(led, '')
      if (entry !== null && isFolder(entry)) return belowEntry(entry)
      return file === null ? [] : [{ path: file.name, file, handle: led instanceof FileSystemFileHandle ? led : null }]
    }),
  )
  return found.flat()
}

/** Of some drops Chromium never says whether there is a handle; the file is there without. */
function inTime(handle: Promise<FileSystemHandle | null> | undefined): Promise<FileSystemHandle | null> {
  const late = new Promise<null>(over => setTimeout(() => over(null), 2000))
  return Promise.race([handle ?? null, late])
}

async function fileOf(handle: FileSystemFileHandle, above: string): Promise<ChosenFile> {
  return { path: `${above}${handle.name}`, file: await handle.getFile(), handle }
}

async function below(folder: FileSystemDirectoryHandle, above: string): Promise<ChosenFile[]> {
  const found: ChosenFile[] = []
  for await (const one of folder.values()) {
    const place = `${above}${folder.name}/`
    if (one instanceof FileSystemDirectoryHandle) found.push(...(await below(one, place)))
    else if (one instanceof FileSystemFileHandle) found.push(await fileOf(one, place))
  }
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

/** Firefox and Safari lead to what was dropped by entries, of which no handle can be kept. */
async function belowEntry(folder: FileSystemDirectoryEntry): Promise<ChosenFile[]> {
  const found: ChosenFile[] = []
  for (const entry of await entriesIn(folder)) {
    if (isFolder(entry)) found.push(...(await belowEntry(entry)))
    else if (isFile(entry)) {
      const file = await new Promise<File>((read, failed) => entry.file(read, failed))
      found.push({ path: entry.fullPath.replace(/^\//, ''), file, handle: null })
    }
  }
  return found
}

// Not every browser has a class by these names to ask for.
function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

/** A browser gives a folder's entries in parts, and an empty part at the end. */
async function entriesIn(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const entries: FileSystemEntry[] = []
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((read, failed) => reader.readEntries(read, failed))
    if (part.length === 0) return entries
    entries.push(...part)
  }
}
