import { expect, test } from 'vitest'
import type { SegmentInFile } from './opening-messages.ts'
import { OpeningQueue } from './opening-queue.ts'
import type { Asked } from './opening-worker-life.ts'

const place = { fd: 0, offset: 0, length: 0, key: new Uint8Array(32), index: 0, final: false }
const segment: SegmentInFile = { ...place, from: 0, until: 0, at: 0 }

function order(segments: number): Asked {
  const opening = { bytes: 0, target: null, segments: Array.from({ length: segments }, () => segment) }
  return { opening, resolve: () => undefined, reject: () => undefined }
}

test('who wants one segment goes before who wants several and came a little earlier; who waits long comes next', () => {
  let now = 0
  const queue = new OpeningQueue(() => now)
  const [long, two] = [order(4), order(2)]
  queue.add(long)
  queue.add(two)
  now = 5
  const [first, second] = [order(1), order(1)]
  queue.add(first)
  queue.add(second)
  expect([queue.take(), queue.take()]).toEqual([first, second])
  now = 10
  const late = order(1)
  queue.add(late)
  expect(queue.take()).toBe(two)
  expect(queue.take()).toBe(late)
  const served: Asked[] = []
  for (now = 11; now < 40 && queue.length > 0; now++) {
    queue.add(order(1))
    served.push(queue.take() ?? order(0))
  }
  expect(served).toContain(long)
  expect(queue.empty()).toHaveLength(1)
  expect(queue.take()).toBeNull()
})
