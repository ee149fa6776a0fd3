import { closeSync, fstatSync, openSync, readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

const checkout = dirname(dirname(import.meta.dirname))

/** What must lie nowhere: how it begins, what was planted in it, and that in every spelling a careless program might choose. */
export type Mark = { name: string; bytes: Buffer }

/** The spellings of a planted phrase. */
export function spellingsOf(phrase: string): Mark[] {
  const bytes = Buffer.from(phrase)
  const inBase64 = [0, 1, 2].map(shift => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
    return { name: `phrase, base64 shifted by ${shift}`, bytes: Buffer.from(text.slice(8, -8)) }
  })
  return [
    { name: 'phrase', bytes },
    { name: 'phrase, UTF-16', bytes: Buffer.from(phrase, 'utf16le') },
    { name: 'phrase, hexadecimal', bytes: Buffer.from(bytes.toString('hex')) },
    { name: 'phrase, HEXADECIMAL', bytes: Buffer.from(bytes.toString('hex').toUpperCase()) },
    ...inBase64,
  ]
}

/** How footage begins. Four bytes alone come up in random data; these do not. */
export const MAGIC: readonly Mark[] = [
  ...['ftypisom', 'ftypmp42', 'ftypiso5', 'ftypiso6', 'ftypqt  ', 'moov\0\0\0lmvhd'].map(text => ({
    name: `MP4, ${text.slice(0, 8)}`,
    bytes: Buffer.from(text, 'latin1'),
  })),
  { name: 'WebM, document type', bytes: Buffer.from([0x42, 0x82, 0x84, ...Buffer.from('webm')]) },
  { name: 'Matroska, document type', bytes: Buffer.from([0x42, 0x82, 0x88, ...Buffer.from('matroska')]) },
]

/** Looks for the marks in files again and again; a file that has not changed since is not read a second time. */
export class Search {
  readonly found = new Set<string>()
  files = 0
  readonly #marks: readonly Mark[]
  readonly #seen = new Map<string, string>()

  constructor(marks: readonly Mark[]) {
    this.#marks = marks
  }

  /** Every file below a folder. */
  folder(folder: string): void {
    for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
      if (entry.isFile()) this.file(join(entry.parentPath, entry.name))
  }

  /** Every file that a process or a child of it holds open, also one that has no name any more. */
  openFilesOf(pid: number): void {
    for (const one of [pid, ...childrenOf(pid)])
      for (const fd of ls(`/proc/${one}/fd`)) {
        const place = linkOf(`/proc/${one}/fd/${fd}`)
        const ours = place.startsWith('/') && !place.startsWith(checkout) && !/^\/(dev|proc|sys|usr|lib)\//.test(place)
        if (ours) this.file(`/proc/${one}/fd/${fd}`, place)
      }
  }

  file(path: string, name = path): void {
    const fd = opened(path)
    if (fd === null) return
    try {
      const { size, mtimeMs, ctimeMs, ino } = fstatSync(fd)
      const state = `${ino} ${size} ${mtimeMs} ${ctimeMs}`
      if (!fstatSync(fd).isFile() || this.#seen.get(name) === state) return
      this.#seen.set(name, state)
      this.files += 1
      this.text(name, readFileSync(fd))
    } finally {
      closeSync(fd)
    }
  }

  /** Something that is no file, such as what a process has said. */
  text(name: string, bytes: Buffer): void {
    for (const mark of this.#marks) {
      const at = bytes.indexOf(mark.bytes)
      if (at >= 0) this.found.add(`${mark.name} in ${name} at ${at}`)
    }
  }
}

function opened(path: string): number | null {
  try {
    return statSync(path).isFile() ? openSync(path, 'r') : null
  } catch {
    return null // It went away meanwhile; what follows it is looked at next time.
  }
}

export function childrenOf(pid: number): number[] {
  const own = ls(`/proc/${pid}/task`).flatMap(task => {
    try {
      return readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
    } catch {
      return []
    }
  })
  return [...own, ...own.flatMap(childrenOf)]
}

function ls(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
