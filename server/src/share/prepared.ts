import type { Actor } from '../people/people.ts'
import type { Clock } from '../platform/clock.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import type { Seal } from '../seal/seal.ts'
import type { Covered } from './dossier.ts'
import type { Package } from './package-build.ts'
import { type ShareRefusal, logStopped, noSuchExport } from './refusals.ts'

/** How long a package waits to be fetched; then it is asked for again, which is an event again. */
export const KEPT_MS = 60 * 60_000

export type Ready = { state: 'ready'; export: string; bytes: number; checkpoint: 'public' | 'private' }
export type Sealing = { state: 'sealing'; export: string; until: number }

type Prepared = {
  id: string
  agency: string
  person: string
  recording: string
  until: number
  /** By the machine's clock: a rehearsal clock that leaps must not throw away what was just made. */
  expires: number
  built: Package | null
  failed: ShareRefusal | null
}

export type Wish = {
  recording: string
  /** The label of the last event that the package must show. */
  label: Uint8Array
  /** For the next public checkpoint; else the log signs a private one at once. */
  wait: boolean
  build: (covered: Covered) => Promise<Package>
}

/** Packages that are being made or wait to be fetched, in memory: their openings are nobody's business on a disk. */
export class PreparedPackages {
  readonly #prepared = new Map<string, Prepared>()
  readonly #seal: Pick<Seal, 'settle'>
  readonly #clock: Clock
  readonly #cadenceSeconds: number

  constructor(p: { seal: Pick<Seal, 'settle'>; clock: Clock; cadenceSeconds: number }) {
    this.#seal = p.seal
    this.#clock = p.clock
    this.#cadenceSeconds = p.cadenceSeconds
  }

  /** Begins a package. Answers when it is made, or at once where it waits for a checkpoint. */
  async begin(actor: Actor, wish: Wish): Promise<Ready | Sealing | ShareRefusal> {
    for (const [id, { expires }] of this.#prepared) if (expires < Date.now()) this.#prepared.delete(id)
    const one: Prepared = {
      id: uuidv7(this.#clock),
      agency: actor.agency,
      person: actor.person,
      recording: wish.recording,
      until: this.#clock.now() + this.#cadenceSeconds * 1000,
      expires: Date.now() + KEPT_MS,
      built: null,
      failed: null,
    }
    this.#prepared.set(one.id, one)
    const making = this.#make(one, wish)
    if (wish.wait) making.catch(() => {})
    else await making
    return stateOf(one)
  }

  find(actor: Actor, id: string): Ready | Sealing | ShareRefusal {
    const found = this.#own(actor, id)
    return found === null ? noSuchExport() : stateOf(found)
  }

  open(actor: Actor, id: string): Package | ShareRefusal {
    const found = this.#own(actor, id)
    return found?.built ?? found?.failed ?? noSuchExport()
  }

  forget(recording: string): void {
    for (const [id, one] of this.#prepared) if (one.recording === recording) this.#prepared.delete(id)
  }

  async #make(one: Prepared, { label, wait, build }: Wish): Promise<void> {
    try {
      const settled = await this.#seal.settle({ label, wait: wait ? 'public' : 'private' })
      if (settled.kind === 'none')
        one.failed = logStopped(
          'text' in settled ? settled.text : `The log could not cover the export: ${settled.because}. Ask again.`,
        )
      else one.built = await build(settled)
    } catch (error) {
      one.failed = logStopped('The package could not be put together. Export it again; nothing is lost.')
      throw error
    }
  }

  /** A package is for the person who asked for it. */
  #own(actor: Actor, id: string): Prepared | null {
    const found = this.#prepared.get(id)
    const own = found !== undefined && found.agency === actor.agency && found.person === actor.person
    return own && found.expires > Date.now() ? found : null
  }
}

function stateOf(found: Prepared): Ready | Sealing | ShareRefusal {
  if (found.failed !== null) return found.failed
  if (found.built === null) return { state: 'sealing', export: found.id, until: found.until }
  return { state: 'ready', export: found.id, bytes: found.built.bytes, checkpoint: found.built.checkpoint }
}
