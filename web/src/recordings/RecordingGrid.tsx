import { useRouter } from '@tanstack/react-router'
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { useTranslations } from 'use-intl'
import type { Row } from './questions.ts'
import { RowCells } from './RowCells.tsx'
import type { Selection } from './selection.ts'

/** Each row is as high as every other: where it lies is known before it is drawn. In pixels, as the styles have it. */
const HEIGHT = { wide: 44, narrow: 132 }
const WIDE = '(min-width: 62rem)'
/** So close to the end the next page is asked for. */
const AHEAD = 40

const columns = ['recorded', 'length', 'camera', 'wearer', 'duty', 'category', 'state', 'goes', 'file'] as const

/**
 * The list, of which only what is in sight is drawn. One row has the focus: arrows move it, Enter opens, Space selects. `total`: how
 * many there are altogether; null while nobody has counted.
 */
export function RecordingGrid({
  rows,
  total,
  selection,
  more,
}: {
  rows: readonly Row[]
  total: number | null
  selection: Selection
  more: () => void
}) {
  const t = useTranslations('recordings')
  const router = useRouter()
  const wide = useMatches(WIDE)
  const frame = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(0)
  const anchor = useRef(0)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => (wide ? HEIGHT.wide : HEIGHT.narrow),
    overscan: 8,
    // The row with the focus stays drawn wherever one scrolls: else the focus would be lost with it.
    rangeExtractor: range => [...new Set([...defaultRangeExtractor(range), Math.min(active, rows.length - 1)])],
  })
  useEffect(() => virtual.measure(), [wide, virtual])
  const drawn = virtual.getVirtualItems()
  const last = Math.max(...drawn.filter(item => item.index !== active).map(item => item.index), 0)
  useEffect(() => {
    if (last >= rows.length - AHEAD) more()
  }, [last, rows.length, more])

  const open = (row: Row | undefined) => row !== undefined && void router.navigate({ to: addressOf(row) })
  const move = (to: number, extend: boolean) => {
    const next = Math.max(0, Math.min(rows.length - 1, to))
    if (extend) {
      const [from, until] = [Math.min(anchor.current, next), Math.max(anchor.current, next)]
      selection.add(rows.slice(from, until + 1).map(row => row.id))
    } else anchor.current = next
    setActive(next)
    virtual.scrollToIndex(next)
    requestAnimationFrame(() => focusRow(frame.current, next))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(
      1,
      Math.floor((frame.current?.clientHeight ?? 440) / (wide ? HEIGHT.wide : HEIGHT.narrow)) - 1,
    )
    const row = rows[active]
    const acts: Record<string, () => unknown> = {
      ArrowDown: () => move(active + 1, event.shiftKey),
      ArrowUp: () => move(active - 1, event.shiftKey),
      PageDown: () => move(active + page, event.shiftKey),
      PageUp: () => move(active - page, event.shiftKey),
      Home: () => move(0, event.shiftKey),
      End: () => move(rows.length - 1, event.shiftKey),
      Enter: () => open(row),
      ' ': () => row !== undefined && selection.toggle(row.id),
      Escape: () => selection.clear(),
    }
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : acts[event.key]
    if (act === undefined) return
    event.preventDefault()
    act()
  }
  const press = (event: MouseEvent, index: number) => {
    const row = rows[index]
    if (row === undefined || !(event.target instanceof Element)) return
    setActive(index)
    if (event.target.closest('.pick') !== null) {
      if (event.shiftKey) return move(index, true)
      anchor.current = index
      selection.toggle(row.id)
    } else if (!event.ctrlKey && !event.metaKey && event.target.closest('a') === null) open(row)
  }
  return (
    <div
      ref={frame}
      className="grid-frame"
      role="grid"
      aria-label={t('grid.label', { count: total ?? rows.length })}
      aria-describedby="grid-keys"
      aria-rowcount={total === null ? -1 : total + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable="true"
      onKeyDown={onKeyDown}
    >
      <div role="rowgroup" className="grid-head">
        <div role="row" aria-rowindex={1} className="grid-row head">
          <span role="columnheader" aria-colindex={1} className="pick">
            <span className="unseen">{t('column.select')}</span>
          </span>
          {columns.map((column, index) => (
            <span key={column} role="columnheader" aria-colindex={index + 2} className={`cell ${column}`}>
              {t(`column.${column}`)}
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup" className="grid-body" style={{ height: virtual.getTotalSize() }}>
        {drawn.map(item => {
          const row = rows[item.index]
          if (row === undefined) return null
          const chosen = selection.ids.has(row.id)
          return (
            <div
              key={row.id}
              role="row"
              className="grid-row"
              data-index={item.index}
              aria-rowindex={item.index + 2}
              aria-selected={chosen}
              tabIndex={item.index === Math.min(active, rows.length - 1) ? 0 : -1}
              style={{ transform: `translateY(${item.start}px)`, height: item.size }}
              onClick={event => press(event, item.index)}
              onFocus={() => setActive(item.index)}
            >
              <RowCells row={row} address={addressOf(row)} chosen={chosen} />
            </div>
          )
        })}
      </div>
    </div>
  )
}

/** Where a recording has its page. */
export function addressOf({ id }: { id: string }): string {
  return `/recordings/${id}`
}

function focusRow(frame: HTMLElement | null, index: number): void {
  frame?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus({ preventScroll: true })
}

function useMatches(media: string): boolean {
  return useSyncExternalStore(
    wake => {
      const list = matchMedia(media)
      list.addEventListener('change', wake)
      return () => list.removeEventListener('change', wake)
    },
    () => matchMedia(media).matches,
  )
}
