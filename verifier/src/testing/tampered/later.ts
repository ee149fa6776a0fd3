import {
  OTHER_LOG_SKEY,
  OTHER_LOG_VKEY,
  TEST_LOG_SKEY,
  TEST_START,
  TEST_WITNESS_SKEY,
} from '@vidne/evidence/testing/small-log'
import { MAP_CHECKER_SKEY, type SampleLog } from '../sample-log.ts'
import { type Made, type Sample, TRUST, makePackage } from '../sample-package.ts'
import { type Case, type Given, otherLetter, withFiles } from './case.ts'

const elsewhere = 'vidne.example/other'
const HOUR_MS = 3_600_000
const ALL = [TEST_LOG_SKEY, TEST_WITNESS_SKEY, MAP_CHECKER_SKEY]

/** A package that nobody but the log has signed for, and its log as it goes on from there to a map root. */
export async function goneOn(differing: Partial<Sample> = {}): Promise<Made> {
  const made = await makePackage({ skeys: [TEST_LOG_SKEY], checkpointKind: 'private', ...differing })
  made.log.appendFillers(20)
  made.log.appendMapRoot()
  return made
}

/** Whose log the later checkpoint is of, at which size, and whose tiles come with it; where absent the package's own, all of it. */
type Beside = { log?: SampleLog; size?: number; tiles?: SampleLog }

/** A package, and beside it a checkpoint that was signed an hour later. */
export async function beside(shown: Made, skeys: readonly string[], from: Beside = {}): Promise<Given> {
  const log = from.log ?? shown.log
  const { file } = await withFiles(shown, () => {})
  const checkpoint = await log.checkpoint(skeys, TEST_START + HOUR_MS, from.size ?? log.size)
  return { file, checkpoint, log: await (from.tiles ?? log).tileFiles() }
}

const demands = { history: 'checked' }

/** Deceits with a checkpoint that is said to go on from the package's and to have been recomputed by a map-checker. */
export const later: readonly Case[] = [
  {
    name: 'later-checkpoint-of-a-fork',
    why: 'The map-checker has signed a later checkpoint of the log, but of another beginning than the package shows.',
    given: async () => beside(await goneOn(), ALL, await goneOn({ meanwhile: log => log.appendFillers(7) })),
    because: ['log-forked', 'checkpoint, 15 → 43'],
  },
  {
    name: 'later-checkpoint-of-another-log',
    why: 'The map-checker has signed a later checkpoint of another log that the trust file knows too.',
    given: async () => {
      const other = await goneOn({ origin: elsewhere, eventOrigin: elsewhere, skeys: [OTHER_LOG_SKEY] })
      const skeys = [OTHER_LOG_SKEY, TEST_WITNESS_SKEY, MAP_CHECKER_SKEY]
      return { ...(await beside(await goneOn(), skeys, other)), trust: `log ${OTHER_LOG_VKEY}\n${TRUST}` }
    },
    because: ['checkpoint-untrusted', `checkpoint, ${elsewhere}`],
    history: 'asserted',
  },
  {
    name: 'later-checkpoint-not-map-checked',
    why: 'A witness has signed the later checkpoint, and no map-checker: nobody has recomputed the map.',
    given: async () => ({ ...(await beside(await goneOn(), [TEST_LOG_SKEY, TEST_WITNESS_SKEY])), demands }),
    because: ['demand-not-met', 'history'],
    history: 'asserted',
  },
  {
    name: 'later-checkpoint-with-tiles-of-another-log',
    why: 'The tiles lead neither to the package’s checkpoint nor to the later one, so nothing shows that one goes on from the other.',
    given: async () => beside(await goneOn(), ALL, { tiles: (await goneOn({ seed: 'other' })).log }),
    because: ['log-incomplete', 'checkpoint, 15 → 36'],
    history: 'asserted',
  },
  {
    name: 'earlier-checkpoint-map-checked',
    why: 'The map-checker has signed a checkpoint from before the export: he has not seen how this history ends.',
    given: async () => ({ ...(await beside(await goneOn(), ALL, { size: 14 })), demands }),
    because: ['demand-not-met', 'history'],
    history: 'asserted',
  },
  {
    name: 'later-checkpoint-spoiled',
    why: 'The map-checker’s signature under the later checkpoint does not fit.',
    given: async () => {
      const given = await beside(await goneOn(), ALL)
      const spoiled = /(— map\.example .{40})(.)/
      const text = (given.checkpoint ?? '').replace(
        spoiled,
        (_, before: string, one: string) => before + otherLetter(one),
      )
      return { ...given, checkpoint: text }
    },
    because: ['checkpoint-untrusted', 'checkpoint, vidne.example/vectors'],
    history: 'asserted',
  },
  {
    name: 'later-checkpoint-without-the-log',
    why: 'The map-checker has signed the later checkpoint, the log has not.',
    given: async () => beside(await goneOn(), [TEST_WITNESS_SKEY, MAP_CHECKER_SKEY]),
    because: ['checkpoint-untrusted', 'checkpoint, vidne.example/vectors'],
    history: 'asserted',
  },
  {
    name: 'later-checkpoint-for-one-nobody-signed',
    why: 'The later checkpoint goes on from the package’s, which the log itself never signed.',
    given: async () => {
      const { log } = await goneOn()
      return beside(await goneOn({ skeys: [TEST_WITNESS_SKEY] }), ALL, { log })
    },
    because: ['log-unknown', 'log/checkpoint, vidne.example/vectors'],
  },
]
