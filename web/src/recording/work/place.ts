/** A place in footage as people write it: minutes and seconds, hours before them where there are some. */
export function placeText(ms: number): string {
  const whole = Math.floor(ms / 1000)
  const two = (value: number) => String(value).padStart(2, '0')
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return hours === 0 ? `${two(minutes)}:${two(seconds)}` : `${hours}:${two(minutes)}:${two(seconds)}`
}

/** What was written, in milliseconds; null where it is no place. Tenths may follow the seconds. */
export function parsePlace(text: string): number | null {
  const match = /^(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})(?:[.,](\d))?$/.exec(text.trim())
  if (match === null) return null
  const [hours = 0, minutes = 0, seconds = 0, tenths = 0] = match.slice(1).map(part => Number(part ?? 0))
  return seconds > 59 ? null : ((hours * 60 + minutes) * 60 + seconds) * 1000 + tenths * 100
}
