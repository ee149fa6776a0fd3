import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { CaseRow } from '@vidne/contract/cases'
import { type FormEvent, useDeferredValue, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Dialog } from '../../design/Dialog.tsx'
import { Select, TextField } from '../../design/fields.tsx'
import { Badge } from '../../design/Notice.tsx'
import { Empty, Page, Panel } from '../../design/Page.tsx'
import { Table } from '../../design/Table.tsx'
import { Loading, TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { withWords } from '../shell/page.tsx'

const STATES = ['open', 'closed', 'all'] as const
type State = (typeof STATES)[number]

/** The cases that somebody may see, those changed last first. */
function Cases() {
  const t = useTranslations('cases')
  const [state, setState] = useState<State>('open')
  const [typed, setTyped] = useState('')
  const [opening, setOpening] = useState(false)
  const text = useDeferredValue(typed.trim())
  const found = useInfiniteQuery({
    queryKey: ['cases', 'list', state, text],
    queryFn: ({ pageParam }) =>
      vidne.cases.list({
        state,
        limit: 50,
        ...(text === '' ? {} : { text }),
        ...(pageParam === null ? {} : { after: pageParam }),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: page => page.after,
  })
  const rows = found.data?.pages.flatMap(page => page.cases) ?? []
  const mayOpen = found.data?.pages[0]?.mayOpen === true
  const open = (
    <Button weight="main" onPress={() => setOpening(true)}>
      {t('open')}
    </Button>
  )
  return (
    <Page title={t('title')} lead={t('lead')} actions={mayOpen && open}>
      <Panel>
        <div className="columns">
          <TextField label={t('find')} value={typed} onChange={setTyped} type="search" />
          <Select
            label={t('state')}
            choices={STATES.map(id => ({ id, name: t(`states.${id}`) }))}
            value={state}
            onChange={setState}
          />
        </div>
        {found.isPending && <Loading />}
        {found.isError && <TroubleNotice error={found.error} retry={() => void found.refetch()} />}
        {found.isSuccess && rows.length === 0 && <Nothing searched={text !== ''} />}
        {rows.length > 0 && <Rows rows={rows} />}
        {found.hasNextPage && (
          <div>
            <Button isPending={found.isFetchingNextPage} onPress={() => void found.fetchNextPage()}>
              {t('more')}
            </Button>
          </div>
        )}
      </Panel>
      <OpenCase isOpen={opening} onClose={() => setOpening(false)} />
    </Page>
  )
}

function Nothing({ searched }: { searched: boolean }) {
  const t = useTranslations('cases')
  return searched ? <p className="quiet">{t('none.found')}</p> : <Empty title={t('none.title')}>{t('none.text')}</Empty>
}

function Rows({ rows }: { rows: readonly CaseRow[] }) {
  const t = useTranslations('cases')
  return (
    <Table
      caption={t('title')}
      rows={rows}
      keyOf={row => row.id}
      columns={[
        {
          id: 'number',
          name: t('number'),
          cell: row => (
            <Link to="/cases/$id" params={{ id: row.id }}>
              {row.number}
            </Link>
          ),
        },
        { id: 'title', name: t('caseTitle'), cell: row => row.title },
        {
          id: 'state',
          name: t('state'),
          cell: row => <Badge tone={row.state === 'open' ? 'info' : 'none'}>{t(`states.${row.state}`)}</Badge>,
        },
        { id: 'exhibits', name: t('exhibits'), numeric: true, cell: row => row.exhibits },
        { id: 'people', name: t('people'), numeric: true, cell: row => row.people },
        { id: 'tasks', name: t('tasksLeft'), numeric: true, cell: row => row.tasksLeft ?? '–' },
        { id: 'changed', name: t('changed'), cell: row => <When at={row.changedAt} /> },
      ]}
    />
  )
}

function OpenCase({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useTranslations('cases')
  const navigate = useNavigate()
  const [number, setNumber] = useState('')
  const [title, setTitle] = useState('')
  const open = useMutation({
    mutationFn: () => vidne.cases.open({ number: number.trim(), title: title.trim() }),
    onSuccess: ({ id }) => navigate({ to: '/cases/$id', params: { id } }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    open.mutate()
  }
  return (
    <Dialog title={t('open')} isOpen={isOpen} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <TextField label={t('number')} hint={t('numberHint')} value={number} onChange={setNumber} isRequired />
        <TextField label={t('caseTitle')} value={title} onChange={setTitle} isRequired />
        {open.isError && <TroubleNotice error={open.error} />}
        <div>
          <Button type="submit" weight="main" isPending={open.isPending}>
            {t('open')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

export const CasesPage = withWords(['cases'], Cases)
