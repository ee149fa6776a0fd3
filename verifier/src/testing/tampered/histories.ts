import { fromHex, utf8 } from '@vidne/evidence/bytes'
import { type OpenEvent, commitment, logId, makeEvent } from '@vidne/evidence/event'
import { statementLeaf } from '@vidne/evidence/leaf'
import { LabelMap } from '@vidne/evidence/map'
import type { Dossier } from '@vidne/evidence/package'
import { policyDigest } from '@vidne/evidence/package'
import { PACKAGE_FILE, policyName, policyProofName } from '@vidne/evidence/package-names'
import { TEST_LOG_SKEY, TEST_START, TEST_WITNESS_SKEY, seededRandom } from '@vidne/evidence/testing/small-log'
import type { SampleLog } from '../sample-log.ts'
import { type Chain, type Made, ORDINARY, POLICY, SEALED_AT, mapOf, makePackage } from '../sample-package.ts'
import { type Case, changeExtra, from, withDossier, withFiles } from './case.ts'

const viewedAgain = { type: 'viewed', fields: { actor: 'N. N.', purpose: 'none' } } as const

const changeEvent = (at: number, change: (event: OpenEvent) => OpenEvent) => (dossier: Dossier) => ({
  events: dossier.events.map((placed, seq) => (seq === at ? { ...placed, event: change(placed.event) } : placed)),
})

/** Shows a chain without the events that are left out, with whatever proofs are left. */
const without =
  (...seqs: number[]) =>
  ({ events, map }: Dossier) => ({
    events: events.filter((_, seq) => !seqs.includes(seq)),
    map: { ...map, presence: map.presence.filter((_, seq) => !seqs.includes(seq)) },
  })

/** The insider writes a second, harmless event under the label of the last one, and shows that. */
function writeParallel(log: SampleLog, chain: Chain): void {
  const last = chain.events.length - 1
  const [shown, before] = [chain.events[last], chain.events[last - 1]]
  const label = chain.labels[last]
  if (shown === undefined || before === undefined || label === undefined) throw new Error('a chain of two or more')
  const fields = shown.fields.map(({ name, value }) => ({ name, value: name === 'recipient' ? 'Nobody' : value }))
  const { seq, at, type, pol } = shown.core
  const parts = { seq, at, type, fields, pol: fromHex(pol), prev: commitment(before), log: logId(log.origin) }
  const instead = makeEvent(parts, seededRandom('parallel'))
  chain.indexes[last] = log.appendEvent(label, instead.commitment)
  chain.events[last] = instead.event
  chain.next = instead.next
}

/** The log goes on with one more event, which the operator's map looks away from. */
function hideFromMap(log: SampleLog, chain: Chain): void {
  log.appendEvent(chain.next, seededRandom('hidden')(32), false)
}

const latePolicy = {
  type: 'policy-in-force',
  v: 1,
  policy: policyDigest(POLICY),
  pack: 'uk-met',
  at: SEALED_AT,
} as const

/** Puts an event at the end that was never logged, with the proofs of the last one. */
function inventEvent({ log, chain }: Made, { events, map }: Dossier): Partial<Dossier> {
  const last = events.at(-1)
  if (last === undefined) throw new Error('a chain without events')
  const { seq, at, pol } = last.event.core
  const parts = { seq: seq + 1, at, pol: fromHex(pol), prev: commitment(last.event), log: logId(log.origin) }
  const { event } = makeEvent({ ...parts, type: 'annotated', fields: [] }, seededRandom('invented'))
  const absence = log.map.prove(fromHex(event.core.next))
  return {
    events: [...events, { ...last, event }],
    map: { presence: [...map.presence, log.map.prove(chain.next)], absence },
  }
}

/** A map of the first four events alone, whose root was never logged. */
function inventMap({ chain }: Made, { events, mapRoot }: Dossier): Partial<Dossier> {
  const map = new LabelMap()
  const labels = chain.labels.slice(0, 4)
  for (const [seq, { event }] of events.slice(0, 4).entries())
    map.insert(labels[seq] ?? new Uint8Array(32), commitment(event))
  return {
    events: events.slice(0, 4),
    map: { presence: labels.map(label => map.prove(label)), absence: map.prove(chain.labels[4] ?? new Uint8Array(32)) },
    mapRoot: { ...mapRoot, root: map.root() },
  }
}

type Root = { index: number; root: Uint8Array; coveredSize: number }

/** Proofs that stand at the checkpoint of an earlier size, under a map root of that time. */
async function asOf(made: Made, size: number, mapRoot: Root) {
  const { log, chain, dossier, sample } = made
  const placed = (index: number) => log.place(index, size)
  return {
    checkpoint: await log.checkpoint(sample.skeys, TEST_START, size),
    events: dossier.events.map((event, seq) => ({ ...event, ...placed(chain.indexes[seq] ?? 0) })),
    opened: { ...dossier.opened, ...placed(0) },
    policies: dossier.policies.map(policy => ({ ...policy, ...placed(policy.index) })),
    mapRoot: { ...mapRoot, ...placed(mapRoot.index) },
  }
}

/** Deceits with the history: what happened is changed, left out, doubled, or put elsewhere. */
export const histories: readonly Case[] = [
  {
    name: 'event-left-out',
    why: 'The view was left out, and the events behind it renumbered.',
    given: async () => withDossier(await makePackage(), without(2)),
    because: ['chain-broken', 'events/0002.tlog-proof'],
  },
  {
    name: 'events-reordered',
    why: 'Two events changed places.',
    given: async () =>
      withDossier(await makePackage(), ({ events }) => ({
        events: [0, 2, 1, 3].flatMap(at => events.slice(at, at + 1)),
      })),
    because: ['chain-broken', 'events/0001.tlog-proof'],
  },
  {
    name: 'last-event-hidden',
    why: 'Someone looked at it after the export; the package ends before.',
    given: async () =>
      withDossier(await makePackage({ story: [...ORDINARY, viewedAgain] }), ({ events, map }) => ({
        events: events.slice(0, 4),
        map: { presence: map.presence.slice(0, 4), absence: map.presence[4] ?? map.absence },
      })),
    because: ['history-continues', 'events/0004.tlog-proof'],
  },
  {
    name: 'last-events-hidden-with-the-old-absence-proof',
    why: 'The proof that nothing follows is that of the event after the hidden ones.',
    given: async () =>
      withDossier(await makePackage({ story: [...ORDINARY, viewedAgain, viewedAgain] }), without(4, 5)),
    because: ['map-proof-wrong', 'log/map.json'],
  },
  {
    name: 'first-event-left-out',
    why: 'The history begins with its second event.',
    given: async () => withDossier(await makePackage(), without(0)),
    because: ['chain-broken', 'events/0000.tlog-proof'],
  },
  {
    name: 'event-file-missing',
    why: 'An event file in the middle is missing.',
    given: async () => withFiles(await makePackage(), files => files.delete('events/0002.tlog-proof')),
    because: ['file-missing', 'events/0002.tlog-proof'],
  },
  {
    name: 'field-changed',
    why: 'The purpose of the view was rewritten.',
    given: async () =>
      withFiles(await makePackage(), files =>
        changeExtra(files, 'events/0002.tlog-proof', json => json.replace('"case"', '"test"')),
      ),
    because: ['history-unreadable', 'events/0002.tlog-proof, wrong-format'],
  },
  {
    name: 'time-changed',
    why: 'The view was dated back by a day.',
    given: async () =>
      withDossier(
        await makePackage(),
        changeEvent(2, event => ({ ...event, core: { ...event.core, at: event.core.at - 86_400_000 } })),
      ),
    because: ['not-in-log', 'events/0002.tlog-proof'],
  },
  {
    name: 'type-changed',
    why: 'The view was called an annotation.',
    given: async () =>
      withDossier(
        await makePackage(),
        changeEvent(2, event => ({ ...event, core: { ...event.core, type: 'annotated' } })),
      ),
    because: ['not-in-log', 'events/0002.tlog-proof'],
  },
  {
    name: 'salt-changed',
    why: 'An event with another salt is another commitment.',
    given: async () =>
      withDossier(
        await makePackage(),
        changeEvent(1, event => ({ ...event, salt: '22'.repeat(32) })),
      ),
    because: ['not-in-log', 'events/0001.tlog-proof'],
  },
  {
    name: 'unknown-member-in-an-event',
    why: 'An event has a member that no format knows.',
    given: async () =>
      withFiles(await makePackage(), files =>
        changeExtra(files, 'events/0001.tlog-proof', json => json.replace('{"core"', '{"by":"X","core"')),
      ),
    because: ['history-unreadable', 'events/0001.tlog-proof, wrong-format'],
  },
  {
    name: 'parallel-event',
    why: 'Two events stand in the log under one label, and the package shows the second: inclusion alone would pass.',
    given: () => from({ meanwhile: writeParallel }),
    because: ['parallel-history', 'events/0003.tlog-proof'],
  },
  {
    name: 'hidden-by-the-map',
    why: 'The operator computed a map without the last event. Nobody checked it, so a court that asks for that refuses.',
    given: async () => ({
      ...(await from({ meanwhile: hideFromMap, skeys: [TEST_LOG_SKEY, TEST_WITNESS_SKEY] })),
      demands: { history: 'checked' },
    }),
    because: ['demand-not-met', 'history'],
    history: 'asserted',
  },
  {
    name: 'proofs-exchanged',
    why: 'Two events carry the proof of the other.',
    given: async () =>
      withDossier(await makePackage(), ({ events }) => ({
        events: events.map(({ event }, seq) => {
          const { index, hashes } = events[seq === 1 ? 2 : seq === 2 ? 1 : seq] ?? { index: 0, hashes: [] }
          return { event, index, hashes }
        }),
      })),
    because: ['not-in-log', 'events/0001.tlog-proof'],
  },
  {
    name: 'event-never-logged',
    why: 'An event that flatters was invented at the end of the chain.',
    given: async () => {
      const made = await makePackage()
      return withDossier(made, dossier => inventEvent(made, dossier))
    },
    because: ['not-in-log', 'events/0004.tlog-proof'],
  },
  {
    name: 'history-of-another-recording',
    why: 'The footage of one recording with the blameless history of another.',
    given: async () => {
      const [made, blameless] = [await makePackage(), await makePackage({ seed: 'blameless' })]
      return withDossier(blameless, () => ({ manifest: made.dossier.manifest }))
    },
    because: ['other-recording', 'events/0000.tlog-proof'],
  },
  {
    name: 'events-of-another-log',
    why: 'The events were made for another log.',
    given: () => from({ eventOrigin: 'vidne.example/elsewhere' }),
    because: ['other-log', 'events/0000.tlog-proof'],
  },
  {
    name: 'map-root-invented',
    why: 'The map root and all proofs under it are of a map that leaves the last event out; it was never logged.',
    given: async () => {
      const made = await makePackage({ story: [...ORDINARY, viewedAgain] })
      return withDossier(made, dossier => inventMap(made, dossier))
    },
    because: ['map-not-in-log', PACKAGE_FILE.mapRoot],
  },
  {
    name: 'old-map-root',
    why: 'An old map root under a new checkpoint, so that what came in between does not show.',
    given: async () => {
      let old: Partial<Dossier> = {}
      const made = await makePackage({
        meanwhile(log, chain) {
          const map = mapOf(log, chain)
          old = { map, mapRoot: { ...log.appendMapRoot(), hashes: [] } }
          log.appendEvent(chain.next, seededRandom('hidden')(32))
        },
      })
      const root = old.mapRoot ?? made.dossier.mapRoot
      return withDossier(made, () => ({ ...old, mapRoot: { ...root, ...made.log.place(root.index) } }))
    },
    because: ['map-behind', PACKAGE_FILE.mapRoot],
  },
  {
    name: 'map-root-that-covers-less',
    why: 'The map root in the log covers less than stands before it, and something may stand there.',
    given: async () => {
      let root: Root = { index: 0, root: new Uint8Array(32), coveredSize: 0 }
      const made = await makePackage({
        meanwhile(log) {
          root = log.appendMapRoot(log.map.root(), log.size - 1)
        },
      })
      const dossier = await asOf(made, root.index + 1, root)
      return withDossier(made, () => dossier)
    },
    because: ['map-behind', PACKAGE_FILE.mapRoot],
  },
  {
    name: 'presence-proofs-exchanged',
    why: 'The map proofs of two events were exchanged.',
    given: async () =>
      withDossier(await makePackage(), ({ map }) => ({
        map: { ...map, presence: [0, 2, 1, 3].flatMap(at => map.presence.slice(at, at + 1)) },
      })),
    because: ['map-proof-wrong', `${PACKAGE_FILE.map}, events/0001.tlog-proof`],
  },
  {
    name: 'map-nested-without-end',
    why: 'JSON nested deeper than any reader should follow.',
    given: async () =>
      withFiles(await makePackage(), files => files.set(PACKAGE_FILE.map, utf8('['.repeat(3000) + ']'.repeat(3000)))),
    because: ['history-unreadable', `${PACKAGE_FILE.map}, wrong-format`],
  },
  {
    name: 'rehearsal-as-evidence',
    why: 'A package from a rehearsal installation, where the clock can be set.',
    given: () => from({ mode: 'rehearsal' }),
    because: ['rehearsal', PACKAGE_FILE.opened],
    history: 'checked',
  },
  {
    name: 'rehearsal-called-normal',
    why: 'The opening of a rehearsal log was rewritten to say that it is a normal one.',
    given: async () =>
      withDossier(await makePackage({ mode: 'rehearsal' }), ({ opened }) => ({
        opened: { ...opened, statement: { ...opened.statement, mode: 'normal' } },
      })),
    because: ['opening-wrong', PACKAGE_FILE.opened],
  },
  {
    name: 'policy-rewritten',
    why: 'The policy in the package says 99 days and not 31.',
    given: async () =>
      withFiles(await makePackage(), files => {
        for (const [name, bytes] of files)
          if (/^policy\/.*json$/.test(name))
            files.set(name, utf8(Buffer.from(bytes).toString('utf8').replace('31', '99')))
      }),
    because: ['history-unreadable', `${policyName(latePolicy.policy)}, wrong-digest`],
  },
  {
    name: 'policy-published-afterwards',
    why: 'The policy that the events name was published only after them.',
    given: async () => {
      let late = 0
      const made = await makePackage({
        meanwhile(log) {
          late = log.append(statementLeaf(latePolicy))
        },
      })
      return withDossier(made, ({ policies }) => ({
        policies: policies.map(policy => ({ ...policy, statement: latePolicy, ...made.log.place(late) })),
      }))
    },
    because: ['policy-after-event', 'events/0000.tlog-proof'],
    history: 'checked',
  },
  {
    name: 'policy-never-published',
    why: 'The statement of the policy does not stand in the log.',
    given: async () =>
      withDossier(await makePackage(), ({ policies }) => ({
        policies: policies.map(policy => ({ ...policy, statement: { ...policy.statement, at: 1 } })),
      })),
    because: ['not-in-log', policyProofName(latePolicy.policy)],
  },
]
