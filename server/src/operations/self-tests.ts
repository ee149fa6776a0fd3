import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toHex } from '@vidne/evidence/bytes'
import { FloeRefused, FloeSealer, blobAad, openMessage } from '@vidne/evidence/floe'
import { canonicalize } from '@vidne/evidence/jcs'
import { generateKey, parseVerifierKey, signerFromKey } from '@vidne/tlog/keys'
import { formatCheckpoint } from '@vidne/tlog/checkpoint'
import { EMPTY_ROOT, leafHash } from '@vidne/tlog/merkle'
import { NoteRefused, openNote, signNote } from '@vidne/tlog/note'
import { systemClock } from '../platform/clock.ts'
import { openDatabase } from '../platform/database/door.ts'
import { silentLogger } from '../platform/http/logging.ts'
import { KeyDestroyed, openVault } from '../platform/vault/vault.ts'
import { type Finding, bad, good } from './finding.ts'

/** Each does for once, on things of its own, what the installation does all day. */
const TESTS = [
  { code: 'self-test-log', run: testLog },
  { code: 'self-test-blob', run: testBlob },
  { code: 'self-test-vault', run: testVault },
  { code: 'self-test-database', run: testDatabase },
] as const satisfies readonly { code: string; run: (folder: string) => Promise<void> }[]

/** Runs the self-tests in a temporary folder. */
export async function selfTests(): Promise<Finding[]> {
  const folder = await mkdtemp(join(tmpdir(), 'vidne-self-test-'))
  try {
    const findings: Finding[] = []
    for (const { code, run } of TESTS) findings.push(await outcome(code, () => run(folder)))
    return findings
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function outcome(code: (typeof TESTS)[number]['code'], run: () => Promise<void>): Promise<Finding> {
  try {
    await run()
    return good(code, code)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return bad(code, `${code}-failed`, { why })
  }
}

function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(`This does not hold: ${what}.`)
}

/** RFC 6962 section 2.1: the hash of a leaf without bytes. */
const EMPTY_LEAF = '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'

async function testLog(): Promise<void> {
  demand(toHex(leafHash(new Uint8Array(0))) === EMPTY_LEAF, 'the hash of an empty leaf is that of RFC 6962')
  demand(canonicalize({ b: 1, a: 'ø' }) === '{"a":"ø","b":1}', 'JSON has one canonical text')
  for (const kind of ['ed25519', 'ml-dsa-44'] as const) {
    const origin = 'self.test/log'
    const { skey, vkey } = await generateKey(origin, kind)
    const text = formatCheckpoint({ origin, size: 7, root: EMPTY_ROOT, extensions: [] })
    const note = await signNote(text, [await signerFromKey(skey)])
    await openNote(note, [parseVerifierKey(vkey)])
    const changed = await openNote(note.replace('\n7\n', '\n8\n'), [parseVerifierKey(vkey)]).catch(
      (error: unknown) => error,
    )
    demand(changed instanceof NoteRefused, `a changed text does not bear a ${kind} signature`)
  }
}

async function testBlob(): Promise<void> {
  const key = randomBytes(32)
  const aad = blobAad({ agency: randomBytes(16), recording: randomBytes(16), kind: 1, part: 0 })
  const sealer = new FloeSealer({ key, aad })
  const plain = randomBytes(100_000)
  const sealed = Buffer.concat([sealer.header, sealer.sealFinal(plain)])
  demand(plain.equals(openMessage({ key, aad, sealed })), 'what was sealed opens as it was')
  sealed.writeUInt8(sealed.readUInt8(50_000) ^ 1, 50_000)
  demand(
    refuses(() => openMessage({ key, aad, sealed })),
    'a changed bit is noticed',
  )
}

function refuses(open: () => unknown): boolean {
  try {
    open()
    return false
  } catch (error) {
    return error instanceof FloeRefused
  }
}

async function testVault(folder: string): Promise<void> {
  const copies = [join(folder, 'a'), join(folder, 'b')] as const
  const vault = await openVault({ copies, master: randomBytes(32), clock: systemClock })
  try {
    const id = randomUUID()
    const made = await vault.create({ agency: randomUUID(), keys: [{ id, kind: 'data' }], expires: null })
    demand(Buffer.from(made.get(id) ?? []).equals(await vault.key(id)), 'a key is given out as it was made')
    await vault.destroyKey(id)
    const after = await vault.key(id).catch((error: unknown) => error)
    demand(after instanceof KeyDestroyed, 'a destroyed key is not given out')
  } finally {
    await vault.close()
  }
}

async function testDatabase(folder: string): Promise<void> {
  const database = await openDatabase({ url: null, folder: join(folder, 'database'), log: silentLogger })
  try {
    demand(await database.ready(), 'the database answers')
  } finally {
    await database.close()
  }
}
