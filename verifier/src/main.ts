import { readFileSync } from 'node:fs'
import { runReceipt, runVerify } from './cli.ts'

// `vidne-verify FILE …`, `vidne-verify verify FILE …` and `vidne-verify receipt FILE …`.
const [first, ...rest] = process.argv.slice(2)
const words = first === undefined ? [] : [first, ...rest]
if (words.length === 1 && (first === '--version' || first === '-V')) process.stdout.write(`vidne-verify ${version()}\n`)
else if (first === 'receipt') process.exitCode = await runReceipt(rest)
else process.exitCode = await runVerify(first === 'verify' ? rest : words)

/** Beside the sources as beside what is published. */
function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : ''
}
