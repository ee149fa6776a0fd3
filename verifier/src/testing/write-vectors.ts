import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { vectorFiles } from './vector-files.ts'

// Writes vectors/packages and vectors/tampered anew: npm run vectors -w verifier
const vectors = join(import.meta.dirname, '../../../vectors')
for (const folder of ['packages', 'tampered']) await rm(join(vectors, folder), { recursive: true, force: true })
for (const [path, bytes] of await vectorFiles()) {
  await mkdir(dirname(join(vectors, path)), { recursive: true })
  await writeFile(join(vectors, path), bytes)
}
