import { useMutation } from '@tanstack/react-query'
import type { AuditGround, AuditRowShown } from '@vidne/contract/installation'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { DayField } from '../../design/DayField.tsx'
import { Checkbox, Select, TextField } from '../../design/fields.tsx'
import { Badge } from '../../design/Notice.tsx'
import { Empty, Page, Panel } from '../../design/Page.tsx'
import { Table } from '../../design/Table.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { useMe, usePerson } from '../shell/me.ts'
import { withWords } from '../shell/page.tsx'
import { type AuditAsked, type AuditWords, lookIn, saveTable, lastDays } from './audit-asking.ts'
import './administration.css'

const GROUNDS = ['lawfulness', 'self-monitoring', 'security', 'criminal-proceedings'] as const

/** Who looked and who was refused, row by row, for one of four grounds; the search itself becomes a row first. */
function Audit() {
  const t = useTranslations('administration')
  const person = usePerson()
  const now = Date.parse(useMe().data?.installation.now ?? '')
  const [asked, setAsked] = useState<AuditAsked>(() => ({
    ...lastDays(7, now, person.agency.zone),
    ground: null,
    person: '',
    refusedOnly: false,
  }))
  const look = useMutation({ mutationFn: (after: string | null) => lookIn(asked, after) })
  const [rows, setRows] = useState<AuditRowShown[]>([])
  const search = (after: string | null) =>
    look.mutate(after, { onSuccess: found => setRows(after === null ? found.rows : [...rows, ...found.rows]) })
  const change = <K extends keyof AuditAsked>(name: K, value: AuditAsked[K]) => setAsked({ ...asked, [name]: value })
  return (
    <Page title={t('audit.title')} lead={t('audit.lead')}>
      <Asking asked={asked} change={change} isPending={look.isPending} search={() => search(null)} />
      {look.isError && <TroubleNotice error={look.error} />}
      {look.data !== undefined && <Found rows={rows} more={look.data.after} next={() => search(look.data.after)} />}
    </Page>
  )
}

type AskingProps = {
  asked: AuditAsked
  change: <K extends keyof AuditAsked>(name: K, value: AuditAsked[K]) => void
  isPending: boolean
  search: () => void
}

function Asking({ asked, change, isPending, search }: AskingProps) {
  const t = useTranslations('administration')
  return (
    <Panel>
      <form
        className="stack"
        onSubmit={event => {
          event.preventDefault()
          search()
        }}
      >
        <div className="audit-form">
          <Select<AuditGround>
            label={t('audit.ground')}
            hint={t('audit.groundHint')}
            placeholder={t('audit.choose')}
            choices={GROUNDS.map(id => ({ id, name: t(`audit.grounds.${id}`) }))}
            value={asked.ground}
            onChange={ground => change('ground', ground)}
            isRequired
          />
          <DayField label={t('audit.from')} value={asked.from} onChange={from => change('from', from)} isRequired />
          <DayField
            label={t('audit.until')}
            value={asked.until}
            onChange={until => change('until', until)}
            isRequired
          />
          <TextField label={t('audit.person')} value={asked.person} onChange={name => change('person', name)} />
        </div>
        <Checkbox isSelected={asked.refusedOnly} onChange={only => change('refusedOnly', only)}>
          {t('audit.refusedOnly')}
        </Checkbox>
        <div className="row">
          <Button type="submit" weight="main" isPending={isPending} isDisabled={asked.ground === null}>
            {t('audit.search')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}

/** Words for the codes of a row; one that is older or newer than this page stands as it is. */
function useAuditWords(): AuditWords {
  const t = useTranslations('administration')
  const said = (group: 'acts' | 'outcomes', code: string): string => {
    const key = `audit.${group}.${code}` as Parameters<typeof t>[0]
    return t.has(key) ? t(key) : code
  }
  return { act: code => said('acts', code), outcome: code => said('outcomes', code) }
}

function Found({ rows, more, next }: { rows: readonly AuditRowShown[]; more: string | null; next: () => void }) {
  const t = useTranslations('administration')
  const heads = {
    at: t('audit.at'),
    person: t('audit.who'),
    act: t('audit.act'),
    subject: t('audit.subject'),
    outcome: t('audit.outcome'),
    sealed: t('audit.sealed'),
  }
  const words = useAuditWords()
  if (rows.length === 0) return <Empty title={t('audit.none')}>{t('audit.noneText')}</Empty>
  return (
    <Panel
      title={t('audit.found')}
      actions={
        <Button
          onPress={() =>
            saveTable(rows, { ...heads, actCode: t('audit.actCode'), outcomeCode: t('audit.outcomeCode') }, words)
          }
        >
          {t('audit.csv')}
        </Button>
      }
    >
      <Table
        caption={t('audit.found')}
        rows={rows}
        keyOf={row => `${row.at} ${row.person ?? ''} ${row.act} ${row.subject ?? ''} ${row.outcome}`}
        columns={[
          { id: 'at', name: heads.at, cell: row => <When at={row.at} as="exact" /> },
          { id: 'who', name: heads.person, cell: row => row.person ?? '–' },
          { id: 'act', name: heads.act, cell: row => words.act(row.act) },
          { id: 'outcome', name: heads.outcome, cell: row => words.outcome(row.outcome) },
          {
            id: 'subject',
            name: heads.subject,
            cell: row =>
              row.subject === null ? '–' : <a href={`/recordings/${row.subject}`}>{row.subject.slice(0, 8)}…</a>,
          },
          {
            id: 'sealed',
            name: heads.sealed,
            cell: row => (
              <Badge tone={row.sealed ? 'good' : 'wait'}>{t(row.sealed ? 'audit.inLog' : 'audit.notYet')}</Badge>
            ),
          },
        ]}
      />
      {more !== null && (
        <div>
          <Button onPress={next}>{t('audit.more')}</Button>
        </div>
      )}
    </Panel>
  )
}

export const AuditPage = withWords(['administration'], Audit)
