import { runReceipt, runVerify } from './cli.ts'

// `vidne-verify FILE …`, `vidne-verify verify FILE …` and `vidne-verify receipt FILE …`.
const [first, ...rest] = process.argv.slice(2)
const words = first === undefined ? [] : [first, ...rest]
if (first === 'receipt') process.exitCode = await runReceipt(rest)
else process.exitCode = await runVerify(first === 'verify' ? rest : words)
