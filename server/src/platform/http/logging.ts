import { pino } from 'pino'

/** What the rooms write to. Facts go in the first argument; a secret never does, and the likely places are redacted too. */
export interface Logger {
  debug(facts: object, sentence: string): void
  info(facts: object, sentence: string): void
  warn(facts: object, sentence: string): void
  error(facts: object, sentence: string): void
}

const secrets = ['authorization', 'token', 'key', 'secret', 'password', 'skey', 'cookie']

/** One JSON line an entry on stderr, since stdout belongs to the ready line and to answers. */
export function openLogger(level: string): Logger {
  const paths = secrets.flatMap(name => [name, `*.${name}`, `headers.${name}`])
  return pino(
    { level, base: null, redact: { paths, censor: '[kept out of the log]' } },
    pino.destination({ dest: 2, sync: true }),
  )
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }
