import { captureId, genesisLabel, logId, makeEvent, NO_POLICY } from '../event.ts'
import { statementLeaf } from '../leaf.ts'
import { formatReceipt } from '../receipt.ts'
import type { Receipt } from '../receipt.ts'
import { manifestOf, openingStatement, sampleMedia, SAMPLE_STORY } from './sample-dossier.ts'
import { seededRandom, SmallLog, TEST_LOG_SKEY, TEST_ORIGIN, TEST_START } from './small-log.ts'

/** What may differ from an honest receipt: who signs, for which log the event is made, what kind of event it is, what leaf 0 says. */
export type Crook = {
  skeys?: readonly string[]
  origin?: string
  eventOrigin?: string
  type?: 'sealed' | 'viewed'
  seq?: number
  mode?: 'rehearsal'
  openedOrigin?: string
}

/** A receipt for the sample recording from a log that holds it among fillers. */
export async function sampleReceipt(seed: string, crook: Crook = {}): Promise<{ receipt: Receipt; text: string }> {
  const random = seededRandom(seed)
  const log = new SmallLog(`${seed}/fillers`)
  const origin = crook.origin ?? TEST_ORIGIN
  const id = logId(crook.eventOrigin ?? origin)
  const manifest = manifestOf(sampleMedia(), random(32))
  const capture = captureId(manifest)
  const { type = 'sealed', seq = 0 } = crook
  const fields = SAMPLE_STORY[0]?.fields ?? []
  const made = makeEvent({ log: id, seq, prev: capture, at: TEST_START, type, pol: NO_POLICY, fields }, random)
  const { mode = 'normal', openedOrigin = origin } = crook
  const statement = openingStatement({ origin: openedOrigin, mode })
  log.append(statementLeaf(statement))
  log.appendFillers(5)
  const index = log.appendEvent(genesisLabel(id, capture), made.commitment)
  log.appendFillers(4)
  const checkpoint = await log.checkpoint(crook.skeys ?? [TEST_LOG_SKEY], origin)
  const opened = { statement, hashes: log.place(0).hashes }
  const receipt = { manifest, event: made.event, checkpoint, opened, ...log.place(index) }
  return { receipt, text: formatReceipt(receipt) }
}
