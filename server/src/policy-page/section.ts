import type { RuleKey } from '@vidne/locales/rules'

/** One value of the rules on the page: where it stands in them, and what it says. */
export type Item = { readonly path: string; readonly says: string; readonly more?: readonly string[] }

/** A part of the page. The heading is its name too. */
export type Section = {
  readonly heading: Extract<RuleKey, `section.${string}`>
  /** What is said above the values, or instead of them. */
  readonly lead?: string
  readonly items: readonly Item[]
}

/** An item for a value that not every pack has. */
export function ifThere<Leaf>(leaf: Leaf | undefined, item: (leaf: Leaf) => Item): Item[] {
  return leaf === undefined ? [] : [item(leaf)]
}
