import type { ClockReading } from './metadata.ts'

/**
 * How our agent names the date of a file on the camera's storage. A camera writes it when it closes the file: it says when
 * a recording **ended**, and after a copy when it was copied. What the file says of itself stands before it.
 */
export const FILE_DATE = 'file modification time'

/** What a recording's time is taken from while its media has not been read; null where no clock gives an instant. */
export function firstClock(clocks: readonly ClockReading[]): { source: string; at: number } | null {
  const instants = clocks.filter(clock => 'at' in clock)
  return instants.find(({ source }) => source !== FILE_DATE) ?? instants[0] ?? null
}
