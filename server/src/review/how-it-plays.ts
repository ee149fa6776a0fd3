import { canConvert } from '@vidne/media/converting'
import type { Fact } from '../dock/dock.ts'
import { type Playing, type StripPlan, isCuttable, playingOf, stripOf } from './playing.ts'

/** What a page has to know to put a recording on the screen: what the file is, and what this machine can make of it. */
export type HowItPlays = Pick<Playing, 'kind' | 'container' | 'videoCodec' | 'audioCodec' | 'durationMs'> & {
  readonly segments: boolean
  readonly copy: boolean
  readonly strip: StripPlan | null
}

export function howItPlays(facts: readonly Fact[]): HowItPlays {
  const playing = playingOf(facts)
  const { kind, container, videoCodec, audioCodec, durationMs } = playing
  const copy = canConvert()
  const strip = copy ? stripOf(playing) : null
  return { kind, container, videoCodec, audioCodec, durationMs, segments: isCuttable(playing), copy, strip }
}
