import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseCheckpoint } from './checkpoint.ts'
import { parseVerifierKey, signerFromKey } from './keys.ts'
import { formatNote, openNote, parseNote, signNote } from './note.ts'
import { parseProof } from './proof.ts'
import { refusal } from '../testing/people.ts'

// What others have published, made by other code than ours.
const published = (file: string): string => readFileSync(join(import.meta.dirname, '../vectors', file), 'utf8')

describe('the examples in the C2SP documents', () => {
  test('of signed-note is read, its text with an empty line within', () => {
    const note = `Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
`
    const { text, signatures } = parseNote(note)
    expect(text.split('\n')).toHaveLength(5)
    expect(signatures).toMatchObject([{ name: 'quasimodo.example/salvatore', keyId: 0x367ba04b }])
    expect(signatures[0]?.signature).toHaveLength(64)
    expect(formatNote(parseNote(note))).toBe(note)
  })

  test('of tlog-cosignature is read, a log signature and a cosignature with its time', () => {
    const note = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
`
    const { text, signatures } = parseNote(note)
    expect(parseCheckpoint(text)).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20_852_163 })
    const cosignature = signatures[1]!.signature
    expect(cosignature).toHaveLength(72)
    expect(new DataView(cosignature.buffer, cosignature.byteOffset).getBigUint64(0)).toBe(1_679_315_147n)
    expect(formatNote(parseNote(note))).toBe(note)
  })

  test('of tlog-proof, whose base64 is cut short for the page, is refused for just that', async () => {
    const text = `c2sp.org/tlog-proof@v1
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=

example.com/fancylog
109482
sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=

— example.com/fancylog hI2DJw[...]1roloI=
`
    expect(await refusal(() => parseProof(text))).toMatchObject({ code: 'checkpoint' })
    const whole = text.replace('hI2DJw[...]1roloI=', 'Az3grlgtzPICa5OS8npVmQ==')
    expect(parseProof(whole)).toMatchObject({ index: 73_894, extra: null })
  })
})

describe('notes signed by other programs', () => {
  test('the note in the documentation of golang.org/x/mod/sumdb/note is signed alike to the letter', async () => {
    const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    const skey = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz'
    const vkey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
    const note = `${text}
— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`
    const signer = await signerFromKey(skey)
    expect(signer.vkey).toBe(vkey)
    expect(await signNote(text, [signer])).toBe(note)
    expect((await openNote(note, [parseVerifierKey(vkey)])).signedBy).toHaveLength(1)
  })

  test('a tree head of the Go checksum database opens with its public key', async () => {
    const vkey = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8'
    const note = `go.sum database tree
65209736
5+uGFjx6xBZG8ip1+wi77v+grwbhhukIrxEUS8PXvRo=

— sum.golang.org Az3grnbssgK7ubgFX36gVETtNv0U23qxyAhAMai2QUfeGa3nB/akvkMdlUErfcZz7l/R3cVtYspg3dxXABkGZZKdsQ8=
`
    const opened = await openNote(note, [parseVerifierKey(vkey)])
    expect(parseCheckpoint(opened.note.text).size).toBe(65_209_736)
    expect(await refusal(() => openNote(note.replace('65209736', '65209737'), [parseVerifierKey(vkey)]))).toMatchObject(
      {
        code: 'bad-signature',
      },
    )
  })

  // From the test data of filippo.io/sunlight (cmd/skylight): an Ed25519 witness beside a log key of type 0x05.
  test('a witness of sunlight cosigned at the time it says, beside a line of a kind not known here', async () => {
    const vkey = 'witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN'
    const note = `rome2026h1.example.org
300
lCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2v0=

— rome2026h1.example.org kVB1JgAAAZtxtEwABAMARzBFAiEAi+mTa2xjL1IdWpH82OeciGsGvwRAP+f1WkfKaSZCfFECIHoNPZ/Q3y6UNzvKOO9cuLr6V16vPNfhwhle9f6r5H/Z
— witness.example.org uKLPIAAAAABpVGeAhm2bOvKc3LaB9PFN1ruG19Y5yqslmcAAbhftnn1Zznmo0LXFZq4LGvqKqLX8jWlwLKasxEGTLIqAVusneCBmBw==
`
    const { signedBy } = await openNote(note, [parseVerifierKey(vkey)])
    expect(signedBy).toMatchObject([{ key: { kind: 'cosignature-ed25519' }, at: 1_767_139_200 }])
    const forged = note.replace('\n300\n', '\n301\n')
    expect(await refusal(() => openNote(forged, [parseVerifierKey(vkey)]))).toMatchObject({ code: 'bad-signature' })
  })

  // From the test data of filippo.io/torchwood (cmd/litewitness): a log that signs with ML-DSA-44 and tells no time.
  test('a log of torchwood signed its checkpoint with ML-DSA-44', async () => {
    const key = parseVerifierKey(published('ml-dsa-44-log.vkey').trimEnd())
    const { signedBy, note } = await openNote(published('ml-dsa-44-log.note'), [key])
    expect(key.kind).toBe('cosignature-ml-dsa-44')
    expect(signedBy).toEqual([{ key }])
    expect(parseCheckpoint(note.text)).toMatchObject({ origin: 'example.com/mldsa-log', size: 1 })
    const forged = published('ml-dsa-44-log.note').replace('\n1\n', '\n2\n')
    expect(await refusal(() => openNote(forged, [key]))).toMatchObject({ code: 'bad-signature' })
  })
})
