import { parseProof } from '@vidne/tlog/proof'
import { filesIn } from './packages.ts'

/** An event as a statement tells it: its type, when, under which policy, and what it says. */
export type Told = { type: string; at: number; pol: string } & Record<string, unknown>

/** What the statement of a deletion tells of a history: each event with what it says, in its order. */
export async function historyIn(statement: Buffer): Promise<Told[]> {
  const events = [...(await filesIn(statement))].filter(([name]) => name.startsWith('events/'))
  return events
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, proof]) => {
      type Event = { core: Omit<Told, string>; fields: { name: string; value: unknown }[] }
      const { core, fields } = JSON.parse(Buffer.from(parseProof(proof.toString()).extra ?? []).toString()) as Event
      return { ...Object.fromEntries(fields.map(({ name, value }) => [name, value])), ...core } as Told
    })
}
