// Loaded into a server before anything else (node --import): while the file that VIDNE_TEST_FSYNC_FAILS names holds a word, every
// fsync of a file whose path has that word in it fails, as on a disk that lost what it was given.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const order = process.env['VIDNE_TEST_FSYNC_FAILS']

function fails(fd) {
  if (order === undefined || !fs.existsSync(order)) return false
  const word = fs.readFileSync(order, 'utf8').trim()
  return word !== '' && fs.readlinkSync(`/proc/self/fd/${fd}`).includes(word)
}

for (const name of ['fsync', 'fdatasync']) {
  const real = fs[name]
  fs[name] = (fd, done) => {
    if (fails(fd)) done(Object.assign(new Error(`EIO: i/o error, ${name}`), { code: 'EIO', syscall: name }))
    else real(fd, done)
  }
}
syncBuiltinESMExports()
