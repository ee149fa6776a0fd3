// What file names and folders of cameras say. Nothing of it is believed; each piece goes on with its source.

/** What one clock says: `at` in UTC epoch milliseconds, or `local`, a wall-clock time without a zone. */
export type ClockReading = { source: string; at: number } | { source: string; local: string }

/** What a vendor's way of naming files says of this one. */
export type VendorName = { camera: string | null; wearer: string | null; locked: boolean }

/** Folders in which cameras put what was locked by its wearer, or marked as an emergency. */
const LOCKED_FOLDER = /^(?:lock(?:ed)?|emergency|emr|ro)$/i

// <device>_<user>_<yyyymmddhhmmss>_<seq>[_lock].MP4, as body cameras of the GA/T family write it.
const BODY_CAMERA = /^([A-Za-z0-9]{4,20})_([A-Za-z0-9]{1,20})_\d{14}_\d{1,8}(_lock(?:ed)?)?\.[A-Za-z0-9]+$/i

const DATE =
  /(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])[-_T .]{0,2}([01]\d|2[0-3])[-_.:h]?([0-5]\d)(?:[-_.:m]?([0-5]\d))?(?!\d)/

/** Whether a folder's name says that what lies in it was locked. */
export function isLockedFolder(name: string): boolean {
  return LOCKED_FOLDER.test(name)
}

/** Reads a file's own name (without folders). A default id such as 000000 names nobody. */
export function vendorName(name: string): VendorName {
  const [, camera = '', wearer = '', lock] = BODY_CAMERA.exec(name) ?? []
  return { camera: identified(camera), wearer: identified(wearer), locked: lock !== undefined }
}

/** Every clock that the storage shows. `modifiedAt`: UTC epoch milliseconds, as the file system has it. */
export function clocksOf(name: string, modifiedAt: number): ClockReading[] {
  const clocks: ClockReading[] = [{ source: 'file modification time', at: modifiedAt }]
  const [, year, month, day, hour, minute, second = '00'] = DATE.exec(name) ?? []
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`
  // 31 February has the form of a date and is none.
  const real = year !== undefined && new Date(`${local}Z`).toISOString().startsWith(local)
  return real ? [...clocks, { source: 'file name', local }] : clocks
}

/** Null for an empty id and for a camera's default id, which is all zeros. */
function identified(id: string): string | null {
  return /^0*$/.test(id) ? null : id
}
