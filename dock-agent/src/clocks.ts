/** What one clock says; `local` is a wall-clock time without a zone. */
export type ClockReading = { source: string; at: number } | { source: string; local: string }

const inNames = /(?<!\d)(20\d\d)[-_.]?([01]\d)[-_.]?([0-3]\d)[-_T ]?([0-2]\d)[-_.:h]?([0-5]\d)[-_.:m]?([0-5]\d)(?!\d)/

/** Every clock that the storage shows, each with its source. None is believed here: the times inside the file come later. */
export function clocksOf(path: string, modifiedAt: number): ClockReading[] {
  const clocks: ClockReading[] = [{ source: 'file modification time', at: modifiedAt }]
  const [, year, month, day, hour, minute, second] = inNames.exec(path) ?? []
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`
  if (year !== undefined && !Number.isNaN(Date.parse(`${local}Z`))) clocks.push({ source: 'file name', local })
  return clocks
}

const cameraInName = /(?:^|\/)(?:([A-Z]{1,5}[-_]?\d{4,10})|(\d{6,10}))[-_](?=[^/]*\d{6})[^/]*$/

/** The camera's id as vendors put it before the date in a file's name; null where there is none. */
export function cameraInFileName(path: string): string | null {
  const match = cameraInName.exec(path)
  return match?.[1] ?? match?.[2] ?? null
}
