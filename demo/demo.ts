// npm run demo: a rehearsal with a believable month in it, made once and then served. All of it is invented; nothing of it is evidence.
import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { serve } from '@vidne/server/main'
import { demoFolder, FolderRefused } from './src/folder.ts'
import { makeDemo } from './src/making.ts'
import { openWitness } from './src/witness.ts'

const SEED = 4

// What a shell is set up with for a real installation (its vault, database, object store, master key) must not reach a demo.
for (const name of Object.keys(process.env))
  if (/^(?:VIDNE_(?!TEST_)|CREDENTIALS_DIRECTORY$)/.test(name)) delete process.env[name]

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    port: { type: 'string', default: '8420' },
    afresh: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(SEED) },
  },
})

try {
  await show()
} catch (error) {
  if (!(error instanceof FolderRefused) && !isInWords(error)) throw error
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

/** Refusals of the server that were made for people to read. */
function isInWords(error: unknown): boolean {
  return error instanceof Error && error.name.endsWith('Refused')
}

async function show(): Promise<void> {
  const folder = demoFolder(values.data ?? join(homeOfData(), 'vidne-demo'), values.afresh)
  if (folder.state === 'empty') {
    console.error(`A month of footage is made in ${folder.data}; this takes less than a minute …`)
    await makeDemo(folder.data, { today: Date.now(), seed: Number(values.seed), told: progress() })
    folder.done()
  }
  const { url, vkey, close } = await openWitness(folder.data)
  const serving = await serve(folder.data, { port: values.port, logLevel: 'warn', witnesses: [{ url, vkey }] })
  console.log(JSON.stringify({ ready: true, url: serving.url }))
  console.error(`
Look around: ${serving.url}/tour

It is a rehearsal: all people and places are invented, its clock can be set, and nothing in it is evidence.
Begin again with a new month: npm run demo -- --afresh`)
  await new Promise<void>(done => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => done())
  })
  await serving.close()
  await close()
}

function homeOfData(): string {
  return process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share')
}

/** A line of its own for each tenth: it is read in logs too. */
function progress(): (share: number) => void {
  let told = 0
  return share => {
    const tenths = Math.floor(share * 10)
    if (tenths <= told) return
    told = tenths
    console.error(`  ${tenths * 10} %`)
  }
}
