import { useCallback, useState } from 'react'

export type Selection = {
  readonly ids: ReadonlySet<string>
  set: (ids: Iterable<string>) => void
  toggle: (id: string) => void
  add: (ids: Iterable<string>) => void
  clear: () => void
}

/** Which recordings are chosen for what is done to many. */
export function useSelection(): Selection {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  const set = useCallback((wanted: Iterable<string>) => setIds(new Set(wanted)), [])
  const add = useCallback((more: Iterable<string>) => setIds(before => new Set([...before, ...more])), [])
  const clear = useCallback(() => setIds(before => (before.size === 0 ? before : new Set())), [])
  const toggle = useCallback(
    (id: string) =>
      setIds(before => {
        const after = new Set(before)
        if (!after.delete(id)) after.add(id)
        return after
      }),
    [],
  )
  return { ids, set, toggle, add, clear }
}
