import { createServer, type Server } from 'node:http'
import { fromBase64, toBase64 } from '@vidne/evidence/bytes'
import { parseCheckpoint, type Checkpoint } from '@vidne/tlog/checkpoint'
import { signerFromKey } from '@vidne/tlog/keys'
import { checkConsistency } from '@vidne/tlog/merkle'
import { openNote, parseNote, signNote, type NoteKey } from '@vidne/tlog/note'

type Answer = { status: number; type?: string; body?: string }

/** A witness by C2SP tlog-witness on an HTTP server of its own, strict where the log must be right. */
export class TestWitness {
  last: Checkpoint | null = null
  /** Answers instead of the protocol, for a witness at fault. */
  instead: (Answer & { delayMs?: number }) | null = null
  /** How long the next request is kept before it is read; then none is. */
  keepNextMs = 0
  /** By how much its clock leads the machine's. */
  aheadMs = 0
  /** Answers with its old signature when it is shown once more what it has signed, as a witness may. */
  repeatsItself = false
  #signed = { size: -1, lines: '' }
  readonly vkey: string
  readonly #skey: string
  readonly #log: NoteKey
  readonly #server: Server

  constructor(keys: { skey: string; vkey: string }, log: NoteKey) {
    this.vkey = keys.vkey
    this.#skey = keys.skey
    this.#log = log
    this.#server = createServer(async (request, response) => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part)
      const keptMs = this.keepNextMs
      this.keepNextMs = 0
      await new Promise(done => setTimeout(done, keptMs))
      if (this.instead?.delayMs !== undefined) await new Promise(done => setTimeout(done, this.instead?.delayMs))
      const answer = this.instead ?? (await this.#answer(request.url ?? '', Buffer.concat(parts).toString()))
      response.writeHead(answer.status, { 'content-type': answer.type ?? 'text/plain' }).end(answer.body ?? '')
    })
  }

  /** Its submission prefix. */
  async listen(): Promise<string> {
    await new Promise<void>(done => this.#server.listen(0, '127.0.0.1', done))
    const address = this.#server.address()
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/prefix/`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(done => this.#server.close(done))
  }

  async #answer(url: string, body: string): Promise<Answer> {
    if (url !== '/prefix/add-checkpoint') return { status: 404 }
    const [head = '', ...rest] = body.split('\n\n')
    const [old = '', ...proof] = head.split('\n')
    const note = rest.join('\n\n')
    await openNote(note, [this.#log])
    const { text } = parseNote(note)
    const checkpoint = parseCheckpoint(text)
    const refusal = this.#refusal(checkpoint, Number(/^old (\d+)$/.exec(old)?.[1]), proof)
    if (refusal !== null) return refusal
    this.last = checkpoint
    if (this.repeatsItself && this.#signed.size === checkpoint.size) return { status: 200, body: this.#signed.lines }
    const cosigned = await signNote(text, [await signerFromKey(this.#skey, () => Date.now() + this.aheadMs)])
    this.#signed = { size: checkpoint.size, lines: cosigned.slice(cosigned.lastIndexOf('\n\n') + 2) }
    return { status: 200, body: this.#signed.lines }
  }

  #refusal(checkpoint: Checkpoint, old: number, proof: readonly string[]): Answer | null {
    const { last } = this
    const conflict = { status: 409, type: 'text/x.tlog.size', body: `${last?.size ?? 0}\n` }
    if (!(old <= checkpoint.size)) return { status: 400 }
    if (old !== (last?.size ?? 0)) return conflict
    if (last === null) return proof.length > 0 ? { status: 422 } : null
    if (old === checkpoint.size && toBase64(checkpoint.root) !== toBase64(last.root)) return conflict
    const claim = { oldSize: old, newSize: checkpoint.size, oldRoot: last.root, newRoot: checkpoint.root }
    return checkConsistency({ ...claim, proof: proof.map(fromBase64) }).holds ? null : { status: 422 }
  }
}
