import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { checkConsistency, checkInclusion } from './merkle.ts'

// transparency-dev/merkle's published cases, kept outside this repository.
const FOLDER = join(import.meta.dirname, '../../../shared/conformance/merkle')
const FILES = 196

type Inclusion = { leafIdx: number; treeSize: number; root: string; leafHash: string; proof: string[] | null }
type Consistency = { size1: number; size2: number; root1: string; root2: string; proof: string[] | null }
type Case = { desc: string; wantErr: boolean } & (Inclusion | Consistency)

const present = existsSync(FOLDER)
const missing = present ? null : `there is no ${FOLDER}`

describe.skipIf(leftOut('the published RFC 6962 cases', missing))('the published RFC 6962 cases', () => {
  const files = present
    ? readdirSync(FOLDER, { recursive: true, withFileTypes: true })
        .filter(entry => entry.name.endsWith('.json'))
        .map(entry => relative(FOLDER, join(entry.parentPath, entry.name)))
    : []

  test(`are all ${FILES} here`, () => {
    expect(files).toHaveLength(FILES)
  })

  test('are judged as their authors say, each of them', () => {
    const differing = files.filter(file => {
      const published = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Case
      return verdict(published).holds === published.wantErr
    })
    expect(differing).toEqual([])
  })
})

function verdict(published: Case): { holds: boolean } {
  const proof = (published.proof ?? []).map(bytes)
  if ('leafIdx' in published) {
    const { leafIdx: index, treeSize: size } = published
    return checkInclusion({ leafHash: bytes(published.leafHash), index, size, root: bytes(published.root), proof })
  }
  const { size1: oldSize, size2: newSize } = published
  return checkConsistency({ oldSize, newSize, oldRoot: bytes(published.root1), newRoot: bytes(published.root2), proof })
}

function bytes(base64: string | null): Uint8Array {
  return new Uint8Array(Buffer.from(base64 ?? '', 'base64'))
}
