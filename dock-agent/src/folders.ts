import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder of this user's own, and those above it. Not by `recursive`: where a file system takes no folder at all, as
 * /proc does, Node tries that without an end. Throws what the machine says.
 */
export async function makeFolder(path: string): Promise<void> {
  if ((await made(path)) !== 'nothing-above') return
  await makeFolder(dirname(path))
  await mkdir(path, { mode: 0o700 })
}

async function made(path: string): Promise<'made' | 'was-there' | 'nothing-above'> {
  try {
    await mkdir(path, { mode: 0o700 })
    return 'made'
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'EEXIST') return 'was-there'
    if (code === 'ENOENT' && dirname(path) !== path) return 'nothing-above'
    throw error
  }
}
