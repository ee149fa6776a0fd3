import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { openRehearsalClock } from '@vidne/server/platform/clock'
import { decodeBase64, encodeBase64 } from '@vidne/tlog/base64'
import { type Checkpoint, parseCheckpoint } from '@vidne/tlog/checkpoint'
import { generateKey, parseVerifierKey, signerFromKey } from '@vidne/tlog/keys'
import { checkConsistency } from '@vidne/tlog/merkle'
import { NoteRefused, type NoteKey, openNote, parseNote, signNote } from '@vidne/tlog/note'

/** The month's invented oversight body. In earnest it is somebody else's machine; here it shows how a countersigned history looks. */
const NAME = 'oversight.demo.vidne.local'
const LONGEST_BYTES = 65_536

type Last = { readonly size: number; readonly root: string }
type Kept = { readonly skey: string; readonly vkey: string; readonly last: Last | null }
type Answer = { readonly status: number; readonly type?: string; readonly body?: string }

/** Who countersigns, as the settings name it. */
export type DemoWitness = { readonly url: string; readonly vkey: string; readonly close: () => Promise<void> }

/**
 * A witness by C2SP tlog-witness beside the demo, on this machine alone. What it has signed last, and its key, lie in the rehearsal's
 * own folder and go with it. It tells the rehearsal's time: its word on the clock is as invented as everything else there.
 */
export async function openWitness(data: string): Promise<DemoWitness> {
  const file = join(data, 'witness.json')
  let kept: Kept = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Kept)
    : { ...(await generateKey(NAME, 'cosignature-ed25519')), last: null }
  const keep = (next: Kept) => {
    kept = next
    writeFileSync(`${file}.new`, `${JSON.stringify(kept)}\n`, { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }
  keep(kept)
  const log = logKeyOf(readFileSync(join(data, 'trust.policy'), 'utf8'))
  let now = 0
  const signer = await signerFromKey(kept.skey, () => now)
  const answer = async (body: string): Promise<Answer> => {
    const asked = await readSubmission(body, log)
    if ('status' in asked) return asked
    const refusal = refusalOf(asked, kept.last)
    if (refusal !== null) return refusal
    // Read anew each time: a visitor of the tour sets it.
    now = (await openRehearsalClock(join(data, 'rehearsal-clock.json'))).now()
    const cosigned = await signNote(asked.text, [signer])
    const { size, root } = asked.checkpoint
    keep({ ...kept, last: { size, root: encodeBase64(root) } })
    return { status: 200, body: cosigned.slice(cosigned.lastIndexOf('\n\n') + 2) }
  }
  return { vkey: kept.vkey, ...(await listen(answer)) }
}

async function listen(answer: (body: string) => Promise<Answer>): Promise<Pick<DemoWitness, 'url' | 'close'>> {
  const server = createServer((request, response) => {
    const isSubmission = request.method === 'POST' && request.url === '/add-checkpoint'
    const answered = isSubmission ? bodyOf(request).then(answer) : Promise.resolve<Answer>({ status: 404 })
    answered.then(
      ({ status, type = 'text/plain', body = '' }) => response.writeHead(status, { 'content-type': type }).end(body),
      () => response.writeHead(400).end(),
    )
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise(done => server.close(done))
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length
    if (length > LONGEST_BYTES) throw new RangeError('the submission is too long')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

type Submission = { old: number; proof: readonly string[]; text: string; checkpoint: Checkpoint }

/** A submission that the log has signed; 403 where it has not. */
async function readSubmission(body: string, log: NoteKey): Promise<Submission | Answer> {
  const [head = '', ...rest] = body.split('\n\n')
  const [first = '', ...proof] = head.split('\n')
  const note = rest.join('\n\n')
  const old = /^old (\d{1,15})$/.exec(first)?.[1]
  if (old === undefined) return { status: 400 }
  try {
    await openNote(note, [log])
  } catch (error) {
    if (error instanceof NoteRefused) return { status: 403 }
    throw error
  }
  const { text } = parseNote(note)
  return { old: Number(old), proof, text, checkpoint: parseCheckpoint(text) }
}

/** Null where the log has only grown since what was signed last. */
function refusalOf({ old, proof, checkpoint }: Submission, last: Last | null): Answer | null {
  const conflict = { status: 409, type: 'text/x.tlog.size', body: `${last?.size ?? 0}\n` }
  if (old > checkpoint.size) return { status: 400 }
  if (old !== (last?.size ?? 0)) return conflict
  if (last === null) return proof.length > 0 ? { status: 422 } : null
  if (old === checkpoint.size && encodeBase64(checkpoint.root) !== last.root) return conflict
  return grown({ old, proof, checkpoint }, last.root)
}

function grown({ old, proof, checkpoint }: Omit<Submission, 'text'>, lastRoot: string): Answer | null {
  const oldRoot = decodeBase64(lastRoot)
  const hashes = proof.map(decodeBase64).filter(hash => hash !== null)
  if (oldRoot === null || hashes.length !== proof.length) return { status: 400 }
  const sizes = { oldSize: old, newSize: checkpoint.size }
  const verdict = checkConsistency({ ...sizes, oldRoot, newRoot: checkpoint.root, proof: hashes })
  return verdict.holds ? null : { status: 422 }
}

function logKeyOf(trust: string): NoteKey {
  const line = trust.split('\n').find(one => one.startsWith('log '))
  return parseVerifierKey((line ?? '').slice('log '.length))
}
