import { isCount, powerBelow } from './merkle.ts'

/** Entries `from` up to, not including, `to`. */
export type Span = { from: number; to: number }

/** A complete subtree: the `index`-th of those over 2^level entries each. */
export type Subtree = { level: number; index: number }

/**
 * The spans whose roots make up an inclusion proof, from the leaf's sibling to the child of the root (RFC 9162 section
 * 2.1.3.1). Throws RangeError for an index outside the tree.
 */
export function inclusionSpans(index: number, size: number): Span[] {
  if (!isCount(index) || !isCount(size) || index >= size) throw new RangeError(`no entry ${index} in a tree of ${size}`)
  const spans: Span[] = []
  let [from, to] = [0, size]
  while (to - from > 1) {
    const middle = from + powerBelow(to - from)
    if (index < middle) {
      spans.push({ from: middle, to })
      to = middle
    } else {
      spans.push({ from, to: middle })
      from = middle
    }
  }
  return spans.reverse()
}

/**
 * The spans whose roots make up a consistency proof (RFC 9162 section 2.1.4.1); none for equal sizes and for an old size
 * of 0. Throws RangeError when the old tree is larger than the new.
 */
export function consistencySpans(oldSize: number, newSize: number): Span[] {
  if (!isCount(oldSize) || !isCount(newSize) || oldSize > newSize)
    throw new RangeError(`a tree of ${newSize} does not begin with one of ${oldSize}`)
  if (oldSize === 0) return []
  const spans: Span[] = []
  let [from, to] = [0, newSize]
  while (to !== oldSize) {
    const middle = from + powerBelow(to - from)
    if (oldSize <= middle) {
      spans.push({ from: middle, to })
      to = middle
    } else {
      spans.push({ from, to: middle })
      from = middle
    }
  }
  // The last piece of the old tree; left out when it is the whole of it, whose root the reader has.
  if (from > 0) spans.push({ from, to })
  return spans.reverse()
}

/** The complete subtrees side by side that cover a span, largest first. `from` is a multiple of the largest. */
export function subtreesOf(span: Span): Subtree[] {
  const subtrees: Subtree[] = []
  let at = span.from
  while (at < span.to) {
    const { level, entries } = largestSubtree(span.to - at)
    subtrees.push({ level, index: at / entries })
    at += entries
  }
  return subtrees
}

function largestSubtree(count: number): { level: number; entries: number } {
  let [level, entries] = [0, 1]
  while (entries * 2 <= count) {
    level += 1
    entries *= 2
  }
  return { level, entries }
}
