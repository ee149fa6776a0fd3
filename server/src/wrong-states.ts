import { statfs } from 'node:fs/promises'
import { ofInstallation } from '@vidne/locales/installation'
import { numberWords } from '@vidne/locales/forms'
import type { Language } from '@vidne/locales/say'
import { cadenceOf, type Ground } from './ground.ts'
import type { Keep } from './keep/keep.ts'
import { objectsFolder } from './operations/quiet-ground.ts'
import { type Act, type Actor, may } from './people/people.ts'
import { placesOf } from './places.ts'
import type { Clock } from './platform/clock.ts'
import { type Still, stillWords } from './platform/still.ts'

/** What goes on, and not as it should: nothing stands still yet, and somebody has to do something. */
export type WrongState =
  | { readonly code: 'storage-low'; readonly freeGb: number }
  | { readonly code: 'log-behind' }
  | { readonly code: 'clock-off'; readonly found: Still }
  | { readonly code: 'not-countersigned' }

/** Whose work each is in the way of, by what they may do; the others are not troubled with it. */
const CONCERNS: Readonly<Record<WrongState['code'], readonly Act[]>> = {
  'storage-low': ['dock', 'see-dock', 'see-installation'],
  'log-behind': ['dock', 'list', 'see-installation'],
  'clock-off': ['due', 'run-nightly', 'see-installation'],
  'not-countersigned': ['see-installation'],
}

const LOOK_AGAIN_MS = 10_000

/** Looks whether the installation goes on as it should, at most every ten seconds for each agency, whoever asks. */
export class WrongStates {
  readonly #ground: Pick<Ground, 'settings' | 'seal' | 'clock'>
  readonly #keep: Pick<Keep, 'clockInDoubt'>
  readonly #lag: LogLag
  readonly #looked = new Map<string, { at: number; found: Promise<readonly WrongState[]> }>()

  constructor(ground: Pick<Ground, 'settings' | 'seal' | 'clock'>, keep: Pick<Keep, 'clockInDoubt'>) {
    this.#ground = ground
    this.#keep = keep
    this.#lag = new LogLag(ground.clock, LONGEST_CADENCES * cadenceOf(ground.settings) * 1000 + PUBLISHING_MS)
  }

  /** What of it concerns this person. */
  async of(actor: Actor): Promise<readonly WrongState[]> {
    const looked = this.#looked.get(actor.agency)
    const now = performance.now()
    const fresh = looked !== undefined && now - looked.at < LOOK_AGAIN_MS
    const found = fresh ? looked.found : this.#look(actor.agency)
    if (!fresh) {
      this.#looked.set(actor.agency, { at: now, found })
      // What could not be looked at is looked at again, and not remembered as a failure.
      found.catch(() => this.#looked.delete(actor.agency))
    }
    return (await found).filter(({ code }) => CONCERNS[code].some(act => may(actor, act)))
  }

  async #look(agency: string): Promise<readonly WrongState[]> {
    const { settings, seal } = this.#ground
    const free = await leastFree(settings)
    const doubt = await this.#keep.clockInDoubt(agency)
    return [
      ...(free < settings.warnFreeGb ? [{ code: 'storage-low', freeGb: free } as const] : []),
      ...(this.#lag.isBehind(seal.metrics()) ? [{ code: 'log-behind' } as const] : []),
      ...(doubt === null ? [] : [{ code: 'clock-off', found: doubt } as const]),
      ...(settings.witnesses.length > 0 ? [] : [{ code: 'not-countersigned' } as const]),
    ]
  }
}

/** Publishing itself takes a while; only what takes longer than two rounds and a minute is late. */
const LONGEST_CADENCES = 2
const PUBLISHING_MS = 60_000

/** Whether what is signed stays unpublished for longer than it may, by the installation's own clock. */
class LogLag {
  readonly #clock: Clock
  readonly #mostMs: number
  #waiting: { leaves: number; since: number } | null = null

  constructor(clock: Clock, mostMs: number) {
    this.#clock = clock
    this.#mostMs = mostMs
  }

  isBehind({ leaves, publicLeaves, standing }: { leaves: number; publicLeaves: number; standing: string }): boolean {
    // A log that stands still says so itself, and why.
    if (standing !== 'ok' || leaves <= publicLeaves) {
      this.#waiting = null
      return false
    }
    const now = this.#clock.now()
    if (this.#waiting === null || publicLeaves >= this.#waiting.leaves) this.#waiting = { leaves, since: now }
    return now - this.#waiting.since > this.#mostMs
  }
}

/** Of the disks that recordings and their keys lie on, what is free on the fullest, in GB. */
async function leastFree(settings: Ground['settings']): Promise<number> {
  const { vault } = placesOf(settings)
  const paths = [settings.data, objectsFolder(settings), ...vault].filter(path => path !== null)
  const free = paths.map(async path => {
    const found = await statfs(path).catch(() => null)
    return found === null ? Infinity : (found.bavail * found.bsize) / 1e9
  })
  return Math.min(...(await Promise.all(free)))
}

/** What is wrong and what to do, in a language. */
export function wrongStateWords(language: Language, state: WrongState): { title: string; sentence: string } {
  const found = state.code === 'clock-off' ? stillWords(language, state.found) : ''
  const free = state.code === 'storage-low' ? numberWords(language, state.freeGb, 1) : ''
  return {
    title: ofInstallation(language, `wrong.${state.code}.title`, {}),
    sentence: ofInstallation(language, `wrong.${state.code}.text`, { found, free }),
  }
}
