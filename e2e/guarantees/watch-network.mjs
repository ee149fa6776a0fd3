// Loaded into every program of a test before anything else (node --import): notes whom it wants to reach, in the file that
// VIDNE_TEST_NETWORK names. Notes only; whether it is reached is not decided here.
import dgram from 'node:dgram'
import dns from 'node:dns'
import { appendFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'

const file = process.env['VIDNE_TEST_NETWORK']
const note = (kind, what) => appendFileSync(file, `${JSON.stringify({ pid: process.pid, kind, what })}\n`)

function watch(where, name, told) {
  const real = where[name]
  where[name] = function (...given) {
    note(name, told(given))
    return real.apply(this, given)
  }
}

if (file !== undefined) {
  note('began', process.argv.slice(1, 3).join(' '))
  watch(net.Socket.prototype, 'connect', ([first, second]) => {
    const [one, two] = Array.isArray(first) ? first : [first, second]
    if (typeof one !== 'object') return typeof two === 'string' ? two : 'localhost'
    return one.path ?? one.host ?? 'localhost'
  })
  watch(dgram.Socket.prototype, 'send', given => given.find(one => typeof one === 'string') ?? 'somewhere')
  watch(dgram.Socket.prototype, 'connect', ([, host]) => host ?? 'localhost')
  for (const asking of [dns, dns.promises])
    for (const name of Object.keys(asking).filter(one => /^(lookup|resolve|reverse)/.test(one)))
      watch(asking, name, ([host]) => host)
  syncBuiltinESMExports()
}
