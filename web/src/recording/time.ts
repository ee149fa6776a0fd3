/** A place in a recording, as it is read beside a picture: `1:02:03.4`; with hours only where there are some. */
export function placeWords(seconds: number, tenths = true): string {
  const all = Math.max(0, tenths ? Math.floor(seconds * 10 + 1e-6) / 10 : Math.floor(seconds + 1e-6))
  const [hours, minutes] = [Math.floor(all / 3600), Math.floor(all / 60) % 60]
  const rest = (all % 60).toFixed(tenths ? 1 : 0).padStart(tenths ? 4 : 2, '0')
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${String(minutes).padStart(2, '0')}:${rest}`
}

/**
 * Where to seek to, so that a picture further on (or back) is shown: into the middle of its time, since its edge may be either's.
 * `shown`: the time of the picture on the screen.
 */
export function frameAway(shown: number, frames: number, frameSeconds: number): number {
  return Math.max(0, shown + (frames + 0.5) * frameSeconds)
}
