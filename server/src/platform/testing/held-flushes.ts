// Preloaded (node --import) into a process whose flushes a test wants to hold up: while the file named by
// VIDNE_TEST_HOLD exists, fsync does not return. Each one that has returned adds a line to the file beside it.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const hold = process.env['VIDNE_TEST_HOLD'] ?? ''
const flush = fs.fsyncSync
const clock = new Int32Array(new SharedArrayBuffer(4))

fs.fsyncSync = (descriptor: number): void => {
  while (fs.existsSync(hold)) Atomics.wait(clock, 0, 0, 5)
  flush(descriptor)
  fs.appendFileSync(`${hold}.count`, 'flushed\n')
}
syncBuiltinESMExports()
