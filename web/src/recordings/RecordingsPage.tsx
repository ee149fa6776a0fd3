import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Select } from '../../design/fields.tsx'
import { Empty, Page } from '../../design/Page.tsx'
import { Tabs } from '../../design/Tabs.tsx'
import { Loading, TroubleNotice } from '../../design/TroubleNotice.tsx'
import { vidne } from '../connection/client.ts'
import { may, usePerson } from '../shell/me.ts'
import { withWords } from '../shell/page.tsx'
import { useLanguage } from '../words/words.tsx'
import { type Asked, askedIn, filterOf, type Search, type Sort, sorts, tableAddress } from './asked.ts'
import { CategoriseMany, HoldMany } from './Bulk.tsx'
import { DayView } from './DayView.tsx'
import { ActiveFilters, Filters, SearchField } from './Filters.tsx'
import { MapView } from './MapView.tsx'
import { countsQuestion, listQuestion, type Row } from './questions.ts'
import { RecordingGrid } from './RecordingGrid.tsx'
import { type Selection, useSelection } from './selection.ts'
import './recordings.css'

const route = getRouteApi('/recordings')

/** The list a sergeant lives in: narrowed, searched, sorted, drawn as a day or on a map, and acted upon. */
export const RecordingsPage = withWords(['recordings'], function Recordings() {
  const t = useTranslations('recordings')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const go = useCallback(
    (change: { [K in keyof Search]?: Search[K] | undefined }) =>
      void navigate({ search: before => withoutEmpty({ ...before, ...change }), replace: true }),
    [navigate],
  )
  const asked = askedIn(search)
  const { view = 'list', sort = 'recorded' } = search
  return (
    <Page title={t('title')} lead={<Found asked={asked} />} actions={<TableLink asked={asked} sort={sort} />} wide>
      <SearchField asked={asked} change={go} />
      <Filters asked={asked} change={go} />
      <ActiveFilters asked={asked} change={go} />
      <Tabs
        label={t('view.label')}
        chosen={view}
        onChoose={chosen => go({ view: chosen === 'list' ? undefined : chosen })}
        sides={[
          { id: 'list', name: t('view.list'), content: <List asked={asked} sort={sort} go={go} /> },
          { id: 'day', name: t('view.day'), content: <DayView asked={asked} day={search.day} go={go} /> },
          { id: 'map', name: t('view.map'), content: <MapView asked={asked} go={go} /> },
        ]}
      />
    </Page>
  )
})

export type Go = (change: { [K in keyof Search]?: Search[K] | undefined }) => void

function withoutEmpty(search: { [K in keyof Search]?: Search[K] | undefined }): Search {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as Search
}

/** How many match. It is counted beside the list, which does not wait for it. */
function Found({ asked }: { asked: Asked }) {
  const t = useTranslations('recordings')
  const counts = useQuery(countsQuestion(filterOf(asked))).data
  const words = counts === undefined ? t('counting') : t(counts.more ? 'foundMore' : 'found', { count: counts.total })
  return <output>{words}</output>
}

function TableLink({ asked, sort }: { asked: Asked; sort: Sort }) {
  const t = useTranslations('recordings')
  const { language } = useLanguage()
  return (
    <a className="button" href={tableAddress(asked, sort, language)} download>
      {t('table')}
    </a>
  )
}

function List({ asked, sort, go }: { asked: Asked; sort: Sort; go: Go }) {
  const t = useTranslations('recordings')
  const filter = filterOf(asked)
  const list = useInfiniteQuery(listQuestion(filter, sort))
  const counts = useQuery(countsQuestion(filter)).data
  const selection = useSelection()
  const { clear } = selection
  const key = JSON.stringify([filter, sort])
  // What was chosen of another list is not in sight any more, and nothing is done to what is not.
  useEffect(clear, [key, clear])
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  if (list.isError && list.data === undefined)
    return <TroubleNotice error={list.error} retry={() => void list.refetch()} />
  if (list.data === undefined) return <Loading />
  const rows = list.data.pages.flatMap(page => page.recordings)
  const total = counts === undefined || counts.more || sort === 'goes' ? null : counts.total
  return (
    <div className="stack tight">
      <div className="row apart">
        <Picked selection={selection} asked={asked} total={total} rows={rows} />
        <div className="list-sort">
          <Select
            label={t('sort.label')}
            value={sort}
            choices={sorts.map(id => ({ id, name: t(`sort.${id}`) }))}
            onChange={wanted => go({ sort: wanted === 'recorded' ? undefined : wanted })}
            {...(sort === 'goes' ? { hint: t('sort.goesNote') } : {})}
          />
        </div>
      </div>
      {rows.length === 0 ? (
        <NothingListed asked={asked} go={go} />
      ) : (
        <RecordingGrid rows={rows} total={total} selection={selection} more={more} />
      )}
      <p id="grid-keys" className="quiet small">
        {t('grid.keys')}
      </p>
    </div>
  )
}

function NothingListed({ asked, go }: { asked: Asked; go: Go }) {
  const t = useTranslations('recordings')
  const person = usePerson()
  const keys = Object.keys(asked)
  if (keys.length === 0)
    return (
      <Empty
        title={t('empty.none')}
        action={
          may(person, 'dock') && (
            <Link className="button main" to={'/bring-in' as string}>
              {t('empty.bringIn')}
            </Link>
          )
        }
      >
        {t('empty.noneText')}
      </Empty>
    )
  const orphans = keys.length === 1 && asked.without !== undefined
  return (
    <Empty
      title={orphans ? t('empty.orphans') : t('empty.noMatch')}
      action={
        <Button onPress={() => go(Object.fromEntries(keys.map(key => [key, undefined])))}>{t('filter.clear')}</Button>
      }
    >
      {orphans ? undefined : t('empty.noMatchText')}
    </Empty>
  )
}

/** What is chosen, and what can be done to it. */
function Picked({
  selection,
  asked,
  total,
  rows,
}: {
  selection: Selection
  asked: Asked
  total: number | null
  rows: readonly Row[]
}) {
  const t = useTranslations('recordings')
  const person = usePerson()
  const [doing, setDoing] = useState<'categorise' | 'hold' | 'keep-case' | null>(null)
  const ids = [...selection.ids]
  const close = () => {
    setDoing(null)
    selection.clear()
  }
  const all = async () => selection.set((await vidne.listing.ids(filterOf(asked))).ids)
  const acts = (['categorise', 'hold', 'keep-case'] as const).filter(act => may(person, act))
  return (
    <div className="row picked">
      {ids.length > 0 && <output>{t('selection.count', { count: ids.length })}</output>}
      {ids.length > 0 &&
        acts.map(act => (
          <Button key={act} onPress={() => setDoing(act)}>
            {t(`selection.${act}`)}
          </Button>
        ))}
      {acts.length > 0 && rows.length > 0 && total !== null && ids.length < total && (
        <Button weight="quiet" onPress={() => void all()}>
          {t('selection.all', { count: total })}
        </Button>
      )}
      {ids.length > 0 && (
        <Button weight="quiet" onPress={selection.clear}>
          {t('selection.clear')}
        </Button>
      )}
      {doing === 'categorise' && <CategoriseMany ids={ids} onClose={close} />}
      {doing === 'hold' && <HoldMany ids={ids} onClose={close} />}
      {doing === 'keep-case' && (
        <Suspense>
          <AddToCase ids={oldestFirst(ids, rows)} onClose={close} />
        </Suspense>
      )}
    </div>
  )
}

/** By the list's time where it is known, else by when they were received: their ids begin with it. */
function oldestFirst(ids: readonly string[], rows: readonly Row[]): string[] {
  const times = new Map(rows.map(({ id, recordedAt, receivedAt }) => [id, Date.parse(recordedAt ?? receivedAt)]))
  const timeOf = (id: string) => times.get(id) ?? Number.parseInt(id.replace('-', '').slice(0, 12), 16)
  return ids.toSorted((a, b) => timeOf(a) - timeOf(b))
}

/** Cases have a room of their own. */
const AddToCase = lazy(async () => ({ default: (await import('../cases/AddToCase.tsx')).AddToCase }))
