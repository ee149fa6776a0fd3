import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { askSnapshots } from './snapshots-question.ts'

/** A terminal at which somebody types these lines, each when asked. */
function terminal(lines: readonly string[], isTTY = true) {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const left = [...lines]
  let shown = ''
  output.on('data', chunk => {
    shown += String(chunk)
    if (String(chunk).includes('do not know: ')) input.write(`${left.shift() ?? ''}\n`)
  })
  return { input: Object.assign(input, { isTTY }), output: Object.assign(output, { isTTY }), shown: () => shown }
}

test.each([
  [['14'], '14'],
  [['none'], 'none'],
  [[''], undefined],
  [['two weeks', '0', ' 14 '], '14'],
])('on a terminal whoever types %j is understood as %j', async (lines, meant) => {
  const { input, output, shown } = terminal(lines)
  expect(await askSnapshots(input, output)).toBe(meant)
  expect(shown().split('is neither a number of days').length).toBe(lines.length)
})

test('where nobody sits at a terminal nobody is asked', async () => {
  const { input, output, shown } = terminal(['14'], false)
  expect(await askSnapshots(input, output)).toBeUndefined()
  expect(shown()).toBe('')
})
