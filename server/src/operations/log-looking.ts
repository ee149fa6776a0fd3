import { join } from 'node:path'
import { parseLeaf } from '@vidne/evidence/leaf'
import type { StatementOf } from '@vidne/evidence/statement'
import { BundleRefused, TILE_WIDTH, bundlePath, decodeBundle } from '@vidne/tlog/tiles'
import { realDisk } from '../platform/durable/disk.ts'

/** What leaf 0 of the log in this folder says; null where it cannot be read. */
export async function openingStatement(folder: string): Promise<StatementOf<'log-opened'> | null> {
  const partial = (await realDisk.list(join(folder, bundlePath(0, 1), '..'))) ?? []
  const widths = [TILE_WIDTH, ...partial.filter(name => /^[1-9][0-9]{0,2}$/.test(name)).map(Number)]
  for (const width of widths) {
    const bytes = await realDisk.read(join(folder, bundlePath(0, width)))
    if (bytes !== null) return firstStatement(bytes, width)
  }
  return null
}

function firstStatement(bytes: Uint8Array, width: number): StatementOf<'log-opened'> | null {
  try {
    const [first] = decodeBundle(bytes, width)
    const leaf = first === undefined ? null : parseLeaf(first)
    return leaf?.kind === 'statement' && leaf.statement.type === 'log-opened' ? leaf.statement : null
  } catch (refusal) {
    if (refusal instanceof BundleRefused) return null
    throw refusal
  }
}
