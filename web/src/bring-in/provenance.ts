import type { Origin, Provenance } from './kept.ts'

export type ClockSaid = 'unknown' | 'right' | 'ahead' | 'behind'

/** The form as it is filled in; null: not answered yet. */
export type Asked = {
  readonly origin: Origin | null
  readonly camera: string
  readonly giver: string
  readonly legalBasis: string
  readonly clock: ClockSaid | null
  readonly offset: string
}

/** What is missing of it, or cannot be read. */
export type Fault = 'origin' | 'giver' | 'legalBasis' | 'clock' | 'offset'

export const UNASKED: Asked = { origin: null, camera: '', giver: '', legalBasis: '', clock: null, offset: '' }

export function faultsOf({ origin, giver, legalBasis, clock, offset }: Asked): Fault[] {
  if (origin === null) return ['origin']
  const faults: Fault[] = []
  if (origin !== 'own-camera' && giver.trim() === '') faults.push('giver')
  if (origin === 'seized' && legalBasis.trim() === '') faults.push('legalBasis')
  if (clock === null) faults.push('clock')
  if ((clock === 'ahead' || clock === 'behind') && millisecondsIn(offset) === null) faults.push('offset')
  return faults
}

/** What was said; null while something is missing. What belongs to another origin is left out, whatever was typed before. */
export function provenanceOf(asked: Asked): Provenance | null {
  const { origin, clock } = asked
  if (origin === null || clock === null || faultsOf(asked).length > 0) return null
  const words = (text: string) => (text.trim() === '' ? null : text.trim())
  const own = origin === 'own-camera'
  return {
    origin,
    camera: own ? words(asked.camera) : null,
    giver: own ? null : words(asked.giver),
    legalBasis: own ? null : words(asked.legalBasis),
    clockOffsetMs: offsetOf(clock, asked.offset),
  }
}

function offsetOf(clock: ClockSaid, offset: string): number | null {
  if (clock === 'unknown') return null
  if (clock === 'right') return 0
  const ms = millisecondsIn(offset) ?? 0
  return clock === 'ahead' ? ms : -ms
}

/** `0:12:30` is twelve and a half minutes. More than a century is no offset. */
function millisecondsIn(text: string): number | null {
  const [found, hours, minutes, seconds] = /^(\d{1,6}):([0-5]\d):([0-5]\d)$/.exec(text.trim()) ?? []
  if (found === undefined) return null
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
  return ms > 0 && Number(hours) <= 876_000 ? ms : null
}
