import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hourOf } from '../platform/vault/port.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import { DAY, HOUR, KeepTrial } from './testing/trial-keep.ts'

/** What a recording is to whoever watches from outside. */
type Watched = { readonly deadline: number; holds: number; gone: boolean }

type Happening =
  | { readonly kind: 'dock'; readonly ago: number; readonly marked: boolean }
  | { readonly kind: 'hold' | 'release'; readonly which: number; readonly vaultAway: boolean }
  | { readonly kind: 'wait'; readonly hours: number }
  | { readonly kind: 'run'; readonly cutOff: 'no' | 'before-keys' | 'after-keys' }

const which = fc.nat({ max: 9 })
const vaultAway = fc.boolean()
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('dock'), ago: fc.nat({ max: 20 * DAY }), marked: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('hold', 'release'), which, vaultAway }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait'), hours: fc.constantFrom(1, 24, 10 * 24, 32 * 24) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('run'),
      cutOff: fc.constantFrom('no', 'no', 'before-keys', 'after-keys'),
    }),
  },
)

onEachEngine('whatever happens', ground => {
  let trial: KeepTrial
  beforeAll(async () => {
    trial = await KeepTrial.open(ground)
  })
  afterAll(() => trial.close())

  const away = async () => Promise.reject(new Error('the vault does not answer'))
  const isDue = (one: Watched): boolean => one.holds === 0 && hourOf(one.deadline) <= hourOf(trial.clock.at)

  /** Which of the due ones a run that is cut off may have taken is open; nothing else may be touched. */
  async function runOnce(watched: Map<string, Watched>, cutOff: string): Promise<void> {
    if (cutOff === 'before-keys') trial.strings.vault.destroyHour = away
    if (cutOff === 'after-keys') {
      trial.strings.vault.destroyHour = async p => {
        await trial.vault.destroyHour(p)
        return away()
      }
    }
    await trial.run().catch((error: unknown) => expect(String(error)).toContain('does not answer'))
    trial.strings.vault = {}
    for (const [recording, one] of watched) {
      if (!isDue(one) || one.gone) continue
      // From the point of no return on a hold comes too late; whether the run came so far is for it to say.
      one.gone = ['erasing', 'deleted'].includes((await trial.state(recording)).state)
      if (cutOff === 'no') expect(one.gone).toBe(true)
    }
  }

  async function happen(watched: Map<string, Watched>, event: Happening): Promise<void> {
    if (event.kind === 'wait') trial.clock.at += event.hours * HOUR
    else if (event.kind === 'dock') await dock(watched, event)
    else if (event.kind === 'run') await runOnce(watched, event.cutOff)
    else await holdOrRelease(watched, event)
  }

  async function dock(watched: Map<string, Watched>, { ago, marked }: Happening & { kind: 'dock' }): Promise<void> {
    const deadline = trial.clock.at - ago + 31 * DAY
    const recording = await trial.record({ recordedAgo: ago, proposedHold: marked })
    watched.set(recording, { deadline, holds: marked ? 1 : 0, gone: false })
  }

  async function holdOrRelease(
    watched: Map<string, Watched>,
    event: Happening & { kind: 'hold' | 'release' },
  ): Promise<void> {
    const [recording, one] = [...watched][event.which % Math.max(1, watched.size)] ?? []
    if (recording === undefined || one === undefined) return
    if (event.vaultAway) trial.strings.vault.rewrap = away
    if (event.kind === 'hold') {
      const held = await trial.hold(recording)
      expect(held.state).toBe(one.gone ? 'refused' : 'held')
      if (held.state === 'held') one.holds += 1
    } else if (!one.gone && one.holds > 0) {
      expect(await trial.release(recording)).toMatchObject({ state: 'done' })
      one.holds = 0
    }
    trial.strings.vault = {}
  }

  async function look(watched: Map<string, Watched>): Promise<void> {
    for (const [recording, one] of watched) {
      if (one.gone) continue
      expect([await trial.keyIsThere(recording), await trial.bytesAreThere(recording)]).toEqual([true, true])
    }
  }

  test('nothing goes before its time or under a hold, and after a run nothing due is left', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 4, maxLength: 24 }), async happenings => {
        await trial.newAgency()
        const watched = new Map<string, Watched>()
        for (const event of happenings) {
          await happen(watched, event)
          await look(watched)
        }
        await runOnce(watched, 'no')
        await look(watched)
        for (const [recording, one] of watched) {
          expect(one.gone).toBe(isDue(one) || one.gone)
          if (!one.gone) continue
          expect([await trial.keyIsThere(recording), await trial.bytesAreThere(recording)]).toEqual([false, false])
          expect((await trial.told(recording)).slice(-3)).toEqual(['deletion-due', 'key-destroyed', 'deleted'])
        }
      }),
      { numRuns: 20 },
    )
  })
})
