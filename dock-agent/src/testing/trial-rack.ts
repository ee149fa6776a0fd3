import type { IncomingMessage, ServerResponse } from 'node:http'
import { captureId, genesisLabel, logId, commitment } from '@vidne/evidence/event'
import { eventLeaf, statementLeaf } from '@vidne/evidence/leaf'
import { parseManifest } from '@vidne/evidence/manifest'
import { formatReceipt } from '@vidne/evidence/receipt'
import type { LogOpening } from '@vidne/evidence/receipt'
import { FORMATS } from '@vidne/evidence/statement'
import { formatCheckpoint } from '@vidne/tlog/checkpoint'
import { generateKey, signerFromKey } from '@vidne/tlog/keys'
import { inclusionPath, leafHash, treeRoot } from '@vidne/tlog/merkle'
import { signNote } from '@vidne/tlog/note'
import type { NoteSigner } from '@vidne/tlog/note'
import type { Database } from '../../../server/src/platform/database/door.ts'
import type { History } from '../../../server/src/platform/history/history.ts'
import { actorOf, AGENCY, openTrialDock, TRIAL_ORIGIN } from '../../../server/src/dock/testing/trial-dock.ts'
import type { TrialDock, TrialParts, TrialWishes } from '../../../server/src/dock/testing/trial-dock.ts'

/** A real dock with a log of its own for each recording, so that receipts are real ones. */
export type TrialRack = { readonly trial: TrialDock; readonly trust: string; readonly otherTrust: string }

export async function openTrialRack({ mode = 'normal', ...wishes }: TrialWishes & { mode?: Mode }): Promise<TrialRack> {
  const [ours, other] = [await generateKey(TRIAL_ORIGIN, 'ed25519'), await generateKey(TRIAL_ORIGIN, 'ed25519')]
  const signer = await signerFromKey(ours.skey)
  const receiptOf = (history: History, database: Database, recording: string): Promise<string | null> =>
    receiptFor({ history, database, signer, mode }, recording)
  const trial = await openTrialDock({
    ...wishes,
    receiptOf,
    beside: (parts, q, s) => answerBeside({ parts, receiptOf }, q, s),
  })
  return { trial, trust: `log ${ours.vkey}\nquorum none\n`, otherTrust: `log ${other.vkey}\nquorum none\n` }
}

type Mode = LogOpening['statement']['mode']

/** The log of two leaves: its opening, and the recording's first event. */
async function receiptFor(
  p: { history: History; database: Database; signer: NoteSigner; mode: Mode },
  recording: string,
): Promise<string | null> {
  const [first] = await p.database.asAgency(AGENCY, trx => p.history.of(trx, recording))
  const said = first?.fields.find(field => field.name === 'manifest')
  if (first === undefined || said === undefined) return null
  const manifest = parseManifest(said.value)
  const label = genesisLabel(logId(TRIAL_ORIGIN), captureId(manifest))
  const statement = openingOf(p.mode)
  const leaves = [statementLeaf(statement), eventLeaf(label, commitment(first))].map(leaf => leafHash(leaf))
  const text = formatCheckpoint({ origin: TRIAL_ORIGIN, size: 2, root: treeRoot(leaves), extensions: [] })
  const opened = { statement, hashes: inclusionPath(leaves, 0) }
  const event = { ...first, fields: first.fields.filter(field => field !== said) }
  const [hashes, checkpoint] = [inclusionPath(leaves, 1), await signNote(text, [p.signer])]
  return formatReceipt({ manifest, event, index: 1, hashes, checkpoint, opened })
}

function openingOf(mode: Mode): LogOpening['statement'] {
  const formats = { ...FORMATS }
  return { type: 'log-opened', v: 1, origin: TRIAL_ORIGIN, mode, formats, cadenceSeconds: 300, at: 1_778_587_200_000 }
}

type Beside = {
  parts: TrialParts
  receiptOf: (history: History, database: Database, recording: string) => Promise<string | null>
}

function answerBeside(beside: Beside, request: IncomingMessage, response: ServerResponse): Promise<void> | null {
  const path = request.url ?? ''
  const actor = actorOf(request)
  if (path.startsWith('/upload')) return null
  if (actor === null) return answer(response, 401, JSON.stringify({ message: 'This token is not known here.' }))
  const recording = /^\/api\/recordings\/([^/]+)\/receipt$/.exec(path)?.[1]
  return recording === undefined ? answerKnown(beside, request, response) : answerReceipt(beside, recording, response)
}

async function answerKnown({ parts }: Beside, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  const { camera, sha256 } = JSON.parse(body)
  return answer(response, 200, JSON.stringify(await parts.dock.known(AGENCY, camera, sha256)))
}

async function answerReceipt({ parts, receiptOf }: Beside, recording: string, response: ServerResponse): Promise<void> {
  const text = await receiptOf(parts.history, parts.database, recording)
  response.setHeader('vidne-recording', recording)
  return answer(response, text === null ? 404 : 200, text ?? '')
}

async function answer(response: ServerResponse, status: number, text: string): Promise<void> {
  response.writeHead(status)
  response.end(text)
}
