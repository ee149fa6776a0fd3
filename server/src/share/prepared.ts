import type { Clock } from '../platform/clock.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import type { Seal } from '../seal/seal.ts'
import type { Covered } from './dossier.ts'
import type { Package } from './package-build.ts'
import { type ShareRefusal, logStopped, noSuchExport } from './refusals.ts'

/** How long a package waits to be fetched, or fetched further; then it is asked for again, which is an event again. */
export const KEPT_MS = 60 * 60_000

/** What can be sent: a package, or several in one. */
export type Sendable = Pick<Package, 'bytes' | 'checkpoint' | 'content'>

export type Ready = { state: 'ready'; export: string; bytes: number; checkpoint: 'public' | 'private' }
export type Sealing = { state: 'sealing'; export: string; until: number }

type Prepared = {
  id: string
  agency: string
  person: string
  wish: Wish
  until: number
  /** By the machine's clock: a rehearsal clock that leaps must not throw away what was just made. */
  expires: number
  built: Sendable | null
  failed: ShareRefusal | null
  /** How many are being sent its bytes just now. */
  readers: number
  /** Its last byte has left. */
  fetched: boolean
}

/** Whose package it is: a person of an agency, or an opening of a link. */
export type Asker = { readonly agency: string; readonly person: string }

export type Wish = {
  recordings: readonly string[]
  /** What exactly was asked for; null where every question makes a package of its own. */
  digest: string | null
  /** What a second person agreed to, of each recording, that is used up once somebody has it whole. */
  agreed: readonly { recording: string; digest: string }[]
  /** The label of the last event that the package must show. */
  label: Uint8Array
  /** For the next public checkpoint; else the log signs a private one at once. */
  wait: boolean
  build: (covered: Covered) => Promise<Sendable>
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
  async begin(actor: Asker, wish: Wish): Promise<Ready | Sealing | ShareRefusal> {
    for (const [id, other] of this.#prepared) if (!isKept(other)) this.#prepared.delete(id)
    const one: Prepared = {
      id: uuidv7(this.#clock),
      agency: actor.agency,
      person: actor.person,
      wish,
      until: this.#clock.now() + this.#cadenceSeconds * 1000,
      expires: Date.now() + KEPT_MS,
      built: null,
      failed: null,
      readers: 0,
      fetched: false,
    }
    this.#prepared.set(one.id, one)
    await this.#begin(one, wish.wait)
    return stateOf(one)
  }

  /**
   * Goes on with what this person has asked for in the same words and never had whole: a download that was cut is no new
   * export, and takes no new agreement (G11). Null where there is no such package.
   */
  async again(actor: Asker, p: { digest: string; wait: boolean }): Promise<Ready | Sealing | ShareRefusal | null> {
    const found = [...this.#prepared.values()].find(
      one => one.wish.digest === p.digest && !one.fetched && isFor(one, actor),
    )
    if (found === undefined) return null
    const begunAnew = found.built === null && (found.failed !== null || !p.wait)
    if (found.failed !== null) found.until = this.#clock.now() + this.#cadenceSeconds * 1000
    found.failed = null
    if (begunAnew) await this.#begin(found, p.wait)
    return stateOf(found)
  }

  /**
   * Keeps a package while its bytes are being sent, and for the whole time again from their end on: a slow line may cut late.
   * What it gives is to be called at that end. Once all of it has left, the same question is a new one; what had been asked
   * for is answered then.
   */
  sending(actor: Asker, id: string): (whole: boolean) => Wish | null {
    const found = this.#own(actor, id)
    if (found === null) return () => null
    found.readers += 1
    return whole => {
      found.readers -= 1
      found.expires = Date.now() + KEPT_MS
      found.fetched ||= whole
      return whole ? found.wish : null
    }
  }

  find(actor: Asker, id: string): Ready | Sealing | ShareRefusal {
    const found = this.#own(actor, id)
    return found === null ? noSuchExport() : stateOf(found)
  }

  open(actor: Asker, id: string): Sendable | ShareRefusal {
    const found = this.#own(actor, id)
    return found?.built ?? found?.failed ?? noSuchExport()
  }

  forget(recording: string): void {
    for (const [id, one] of this.#prepared) if (one.wish.recordings.includes(recording)) this.#prepared.delete(id)
  }

  async #begin(one: Prepared, wait: boolean): Promise<void> {
    const making = this.#make(one, wait)
    if (wait) making.catch(() => {})
    else await making
  }

  async #make(one: Prepared, wait: boolean): Promise<void> {
    const { label, build } = one.wish
    try {
      const settled = await this.#seal.settle({ label, wait: wait ? 'public' : 'private' })
      // Made meanwhile for somebody who would not wait: its length was told, so it stays as it is.
      if (one.built !== null) return
      if (settled.kind === 'none')
        one.failed = logStopped(
          settled.because === 'stopped'
            ? settled.still
            : { code: 'export-not-covered', values: { because: { code: settled.because } } },
        )
      else one.built ??= await build(settled)
    } catch (error) {
      if (one.built !== null) return
      one.failed = logStopped({ code: 'export-not-made' })
      throw error
    }
  }

  /** A package is for the person who asked for it. */
  #own(actor: Asker, id: string): Prepared | null {
    const found = this.#prepared.get(id)
    return found !== undefined && isFor(found, actor) ? found : null
  }
}

function isFor(one: Prepared, actor: Asker): boolean {
  return one.agency === actor.agency && one.person === actor.person && isKept(one)
}

function isKept({ readers, expires }: Prepared): boolean {
  return readers > 0 || expires > Date.now()
}

function stateOf(found: Prepared): Ready | Sealing | ShareRefusal {
  if (found.failed !== null) return found.failed
  if (found.built === null) return { state: 'sealing', export: found.id, until: found.until }
  return { state: 'ready', export: found.id, bytes: found.built.bytes, checkpoint: found.built.checkpoint }
}
