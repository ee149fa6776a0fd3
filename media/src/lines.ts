import type { Readable } from 'node:stream'

const LINE_CHARS = 8 * 1024 * 1024

/** The lines that a child says. Throws away what exceeds 8 Mi characters without a line end, so no child fills our memory. */
export async function* lines(stream: Readable): AsyncGenerator<string> {
  let begun: string[] = []
  let chars = 0
  for await (const chunk of stream.setEncoding('utf8')) {
    const [first = '', ...others] = String(chunk).split('\n')
    begun.push(first)
    chars += first.length
    if (chars > LINE_CHARS) begun = []
    if (others.length === 0) continue
    yield begun.join('')
    const rest = others.pop() ?? ''
    yield* others
    begun = [rest]
    chars = rest.length
  }
}
