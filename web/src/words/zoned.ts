/** How far the clocks of a zone are from UTC at a moment, in milliseconds. */
function offsetAt(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(at)
  const of = (type: string) => Number(parts.find(part => part.type === type)?.value)
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')) - at
}

/** The moment at which the clocks of a zone show this (`2026-11-22T14:03`); null for what is no time. */
export function momentIn(zone: string, local: string): string | null {
  const asUtc = Date.parse(`${local}Z`)
  if (Number.isNaN(asUtc)) return null
  const near = asUtc - offsetAt(asUtc, zone)
  return new Date(asUtc - offsetAt(near, zone)).toISOString()
}

/** What the clocks of a zone show at a moment, as a field for day and time has it. */
export function localIn(zone: string, at: number): string {
  const minute = Math.floor(at / 60_000) * 60_000
  return new Date(minute + offsetAt(minute, zone)).toISOString().slice(0, 16)
}

/** The day of the calendar in a zone, as `2026-11-22`. */
export function dayIn(zone: string, at: number): string {
  return localIn(zone, at).slice(0, 10)
}
