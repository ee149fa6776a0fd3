/**
 * A place in footage as people write it: minutes and seconds, hours before them where there are some. What lies behind the second is
 * written too, so that a place taken from one frame goes back to that frame, and is not moved by being edited.
 */
export function placeText(ms: number): string {
  const whole = Math.floor(ms / 1000)
  const two = (value: number) => String(value).padStart(2, '0')
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const rest = Math.floor(ms % 1000)
  const behind = rest === 0 ? '' : `.${String(rest).padStart(3, '0').replace(/0+$/, '')}`
  return `${hours === 0 ? '' : `${hours}:`}${two(minutes)}:${two(seconds)}${behind}`
}

/** What was written, in milliseconds; null where it is no place. Parts of a second may follow. */
export function parsePlace(text: string): number | null {
  const match = /^(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,3}))?$/.exec(text.trim())
  if (match === null) return null
  const [hours = 0, minutes = 0, seconds = 0] = match.slice(1, 4).map(part => Number(part ?? 0))
  const behind = Number((match[4] ?? '').padEnd(3, '0'))
  return seconds > 59 ? null : ((hours * 60 + minutes) * 60 + seconds) * 1000 + behind
}
