/* oxlint-disable jsx-a11y/prefer-tag-over-role -- a table lays out all its rows; this grid draws those in sight, and says by roles what it is */
import { useRouter } from '@tanstack/react-router'
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { useTranslations } from 'use-intl'
import type { Row } from './questions.ts'
import { RowCells } from './RowCells.tsx'
import type { Selection } from './selection.ts'

/** Each row is as high as every other: where it lies is known before it is drawn. In pixels, as the styles have it. */
const HEIGHT = { mouse: 38, wide: 44, narrow: 132 }
const WIDE = '(min-width: 62rem)'
const MOUSE = '(pointer: fine)'
/** So close to the end the next page is asked for. */
const AHEAD = 40

const columns = ['recorded', 'length', 'camera', 'wearer', 'duty', 'category', 'state', 'goes', 'file'] as const

type Listed = {
  rows: readonly Row[]
  /** How many there are altogether; null while nobody has counted. */
  total: number | null
  selection: Selection
  more: () => void
}

/** The list, of which only what is in sight is drawn. One row has the focus: arrows move it, Enter opens, Space selects. */
export function RecordingGrid({ rows, total, selection, more }: Listed) {
  const t = useTranslations('recordings')
  const frame = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(0)
  const inFocus = Math.min(active, rows.length - 1)
  const [isWide, byMouse] = [useMatches(WIDE), useMatches(MOUSE)]
  const height = isWide ? (byMouse ? HEIGHT.mouse : HEIGHT.wide) : HEIGHT.narrow
  const { drawn, whole, scrollTo } = useDrawn({ frame, count: rows.length, height, inFocus, more })
  const acts = useActs({ rows, selection, frame, height, scrollTo, active: inFocus, setActive })
  return (
    <div
      ref={frame}
      className="grid-frame"
      role="grid"
      tabIndex={-1}
      aria-label={t('grid.label', { count: total ?? rows.length })}
      aria-describedby="grid-keys"
      aria-rowcount={total === null ? -1 : total + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable="true"
    >
      <Head />
      <div role="rowgroup" className="grid-body" style={{ height: whole }}>
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
              tabIndex={item.index === inFocus ? 0 : -1}
              style={{ transform: `translateY(${item.start}px)`, height: item.size }}
              onClick={event => acts.press(event, item.index)}
              onKeyDown={acts.key}
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

function Head() {
  const t = useTranslations('recordings')
  return (
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
  )
}

type Frame = React.RefObject<HTMLDivElement | null>

/** Which rows are drawn. The one with the focus stays drawn wherever one scrolls: else the focus would be lost with it. */
function useDrawn({
  frame,
  count,
  height,
  inFocus,
  more,
}: {
  frame: Frame
  count: number
  height: number
  inFocus: number
  more: () => void
}) {
  // oxlint-disable-next-line react/incompatible-library -- it is asked for its rows with each drawing, and nothing keeps them
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => frame.current,
    estimateSize: () => height,
    overscan: 8,
    rangeExtractor: range => [...new Set([...defaultRangeExtractor(range), inFocus])],
  })
  useEffect(() => virtual.measure(), [height, virtual])
  const drawn = virtual.getVirtualItems()
  const last = Math.max(...drawn.filter(item => item.index !== inFocus).map(item => item.index), 0)
  useEffect(() => {
    if (last >= count - AHEAD) more()
  }, [last, count, more])
  return { drawn, whole: virtual.getTotalSize(), scrollTo: (index: number) => virtual.scrollToIndex(index) }
}

/** What keys and the mouse do. */
function useActs({
  rows,
  selection,
  frame,
  height,
  scrollTo,
  active,
  setActive,
}: Pick<Listed, 'rows' | 'selection'> & {
  frame: Frame
  height: number
  scrollTo: (index: number) => void
  active: number
  setActive: (index: number) => void
}) {
  const router = useRouter()
  const anchor = useRef(0)
  const open = (row: Row | undefined) => row !== undefined && void router.navigate({ to: addressOf(row) })
  const extendTo = (index: number) => {
    const [from, until] = [Math.min(anchor.current, index), Math.max(anchor.current, index)]
    selection.add(rows.slice(from, until + 1).map(row => row.id))
  }
  const move = (to: number, extend: boolean) => {
    const next = Math.max(0, Math.min(rows.length - 1, to))
    if (extend) extendTo(next)
    else anchor.current = next
    setActive(next)
    scrollTo(next)
    requestAnimationFrame(() => focusRow(frame.current, next))
  }
  const key = (event: KeyboardEvent) => {
    const screenful = Math.max(1, Math.floor((frame.current?.clientHeight ?? 440) / height) - 1)
    const to = reached(event.key, { active, screenful, last: rows.length - 1 })
    const row = rows[active]
    if (event.ctrlKey || event.metaKey || event.altKey || row === undefined) return
    if (to !== null) move(to, event.shiftKey)
    else if (event.key === 'Enter') open(row)
    else if (event.key === ' ') selection.toggle(row.id)
    else if (event.key === 'Escape') selection.clear()
    else return
    event.preventDefault()
  }
  const press = (event: MouseEvent, index: number) => {
    const row = rows[index]
    if (row === undefined) return
    setActive(index)
    const what = pressed(event)
    if (what === 'row') open(row)
    if (what === 'pick-until') extendTo(index)
    if (what !== 'pick') return
    anchor.current = index
    selection.toggle(row.id)
  }
  return { key, press }
}

/** To which row a key leads; null: it leads to none. */
function reached(
  key: string,
  { active, screenful, last }: { active: number; screenful: number; last: number },
): number | null {
  const leads: Readonly<Record<string, number>> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + screenful,
    PageUp: active - screenful,
    Home: 0,
    End: last,
  }
  return leads[key] ?? null
}

/** What somebody pressed on a row. A link, and a new tab, are the browser's affair. */
function pressed({ target, shiftKey, ctrlKey, metaKey }: MouseEvent): 'row' | 'pick' | 'pick-until' | null {
  if (!(target instanceof Element)) return null
  if (target.closest('.pick') !== null) return shiftKey ? 'pick-until' : 'pick'
  return ctrlKey || metaKey || target.closest('a') !== null ? null : 'row'
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
