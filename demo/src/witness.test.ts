import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeBase64 } from '@vidne/tlog/base64'
import { formatCheckpoint } from '@vidne/tlog/checkpoint'
import { generateKey, parseVerifierKey, signerFromKey } from '@vidne/tlog/keys'
import { leafHash, nodeHash } from '@vidne/tlog/merkle'
import { openNote, type NoteSigner, signNote } from '@vidne/tlog/note'
import { afterEach, expect, test } from 'vitest'
import { openWitness } from './witness.ts'

const origin = 'demo.example/log'
const [first, second] = ['a', 'b'].map(word => leafHash(Buffer.from(word))) as [Uint8Array, Uint8Array]
const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

async function aLog() {
  const data = mkdtempSync(join(tmpdir(), 'vidne-witness-'))
  folders.push(data)
  const keys = await generateKey(origin, 'ed25519')
  writeFileSync(join(data, 'trust.policy'), `log ${keys.vkey}\nquorum none\n`)
  return { data, signer: await signerFromKey(keys.skey) }
}

const noteOf = (signer: NoteSigner, size: number, root: Uint8Array) =>
  signNote(formatCheckpoint({ origin, size, root, extensions: [] }), [signer])

const submit = (url: string, old: number, proof: readonly Uint8Array[], note: string) =>
  fetch(`${url}/add-checkpoint`, {
    method: 'POST',
    body: `${[`old ${old}`, ...proof.map(encodeBase64)].join('\n')}\n\n${note}`,
  })

test('the witness of the demo signs a log that has grown, with the time of the rehearsal, and remembers it over a restart', async () => {
  const { data, signer } = await aLog()
  const aheadMs = 40 * 86_400_000
  writeFileSync(join(data, 'rehearsal-clock.json'), `{"offsetMs":${aheadMs}}\n`)
  const witness = await openWitness(data)
  const note = await noteOf(signer, 1, first)
  const lines = await (await submit(witness.url, 0, [], note)).text()
  const opened = await openNote(note + lines, [parseVerifierKey(witness.vkey)])
  expect(opened.signedBy[0]?.at).toBeGreaterThan((Date.now() + aheadMs) / 1000 - 3600)
  await witness.close()
  const again = await openWitness(data)
  expect(again.vkey).toBe(witness.vkey)
  const grown = await noteOf(signer, 2, nodeHash(first, second))
  expect((await submit(again.url, 0, [], grown)).status).toBe(409)
  expect((await submit(again.url, 1, [second], grown)).status).toBe(200)
  await again.close()
})

test('it signs nothing that the log has not signed, and no other history', async () => {
  const { data, signer } = await aLog()
  const witness = await openWitness(data)
  const stranger = await signerFromKey((await generateKey(origin, 'ed25519')).skey)
  expect((await submit(witness.url, 0, [], await noteOf(stranger, 1, first))).status).toBe(403)
  expect((await submit(witness.url, 0, [], await noteOf(signer, 1, first))).status).toBe(200)
  const other = await noteOf(signer, 2, nodeHash(second, first))
  expect((await submit(witness.url, 1, [first], other)).status).toBe(422)
  await witness.close()
})
