import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Answer } from '../../design/Answer.tsx'
import { Button } from '../../design/Button.tsx'
import { DayField } from '../../design/DayField.tsx'
import { Confirm, Dialog } from '../../design/Dialog.tsx'
import { TextField } from '../../design/fields.tsx'
import { Badge } from '../../design/Notice.tsx'
import { Facts, Panel } from '../../design/Page.tsx'
import { type Column, Table } from '../../design/Table.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'
import { useNow } from '../words/now.ts'
import { useLanguage } from '../words/words.tsx'
import { dayIn } from '../words/zoned.ts'
import { PolicyState, Refused, RuleNotice } from './Readiness.tsx'

type Found = Awaited<ReturnType<typeof vidne.readiness.of>>
type Trained = Found['trainings'][number]

const changed = () =>
  Promise.all([['readiness'], ['people'], ['me']].map(queryKey => questions.invalidateQueries({ queryKey })))

/** What a person has accepted and was trained in, and what is refused to them until something is made good. */
export function Standing({ id, records }: { id: string; records: boolean }) {
  const found = useQuery({
    queryKey: ['readiness', 'of', id],
    queryFn: (): Promise<Found> => vidne.readiness.of({ id }),
  })
  return (
    <Answer of={found}>
      {data => (
        <>
          <Trainings of={data} records={records} />
          <Acceptances of={data} />
        </>
      )}
    </Answer>
  )
}

function Trainings({ of, records }: { of: Found; records: boolean }) {
  const t = useTranslations('people')
  const [recording, setRecording] = useState(false)
  const [striking, setStriking] = useState<Trained | null>(null)
  const strike = useMutation({
    mutationFn: ({ id }: Trained) => vidne.trainings.revoke({ id }),
    onSuccess: changed,
    onSettled: () => setStriking(null),
  })
  const columns = useColumns(of.name, records ? setStriking : null)
  return (
    <Panel
      title={t('one.trainings')}
      actions={records && <Button onPress={() => setRecording(true)}>{t('train.act')}</Button>}
    >
      <div className="stack">
        <RuleNotice rule={of.rule} />
        {of.needs.length > 0 && <Facts facts={[{ name: t('ready.refused'), value: <Refused of={of} /> }]} />}
        {strike.isError && <TroubleNotice error={strike.error} />}
        {of.trainings.length === 0 ? (
          <p>{t('one.noTrainings')}</p>
        ) : (
          <Table caption={t('one.trainings')} columns={columns} rows={of.trainings} keyOf={one => one.id} />
        )}
      </div>
      {recording && <RecordTraining name={of.name} onClose={() => setRecording(false)} />}
      <Confirm
        title={t('train.strikeTitle')}
        consequence={t('train.strikeText', { name: of.name })}
        act={t('train.strike')}
        danger
        isOpen={striking !== null}
        isPending={strike.isPending}
        onClose={() => setStriking(null)}
        onConfirm={() => striking !== null && strike.mutate(striking)}
      />
    </Panel>
  )
}

function useColumns(name: string, onStrike: ((one: Trained) => void) | null): Column<Trained>[] {
  const t = useTranslations('people')
  const now = useNow()
  const state = ({ revoked, until }: Trained) => {
    if (revoked) return <Badge tone="stop">{t('one.revoked')}</Badge>
    if (until === null) return '–'
    return (
      <span className="row">
        {Date.parse(until) <= now && <Badge tone="stop">{t('ready.over')}</Badge>}
        <When at={until} as="day" />
      </span>
    )
  }
  const columns: Column<Trained>[] = [
    { id: 'course', name: t('one.course'), cell: one => one.course },
    { id: 'completed', name: t('one.completed'), cell: one => <When at={one.completedAt} as="day" /> },
    { id: 'until', name: t('train.until'), cell: state },
    {
      id: 'by',
      name: t('train.by'),
      cell: one => (
        <span className="stack tight">
          <span>{one.recordedBy ?? '–'}</span>
          <span className="quiet small">
            <When at={one.recordedAt} as="day" />
          </span>
        </span>
      ),
    },
  ]
  if (onStrike === null) return columns
  const cell = (one: Trained) =>
    one.revoked ? (
      '–'
    ) : (
      <Button onPress={() => onStrike(one)} aria-label={`${t('train.strike')}: ${one.course}, ${name}`}>
        {t('train.strike')}
      </Button>
    )
  return [...columns, { id: 'strike', name: t('train.strike'), cell }]
}

/** Asks for a course and the day it was completed. */
function RecordTraining({ name, onClose }: { name: string; onClose: () => void }) {
  const t = useTranslations('people')
  const { zone } = useLanguage()
  const today = dayIn(zone, useNow())
  const [course, setCourse] = useState('')
  const [on, setOn] = useState(today)
  const record = useMutation({
    mutationFn: () => vidne.trainings.record({ person: name, course, completedAt: on }),
    onSuccess: async () => {
      await changed()
      onClose()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    record.mutate()
  }
  return (
    <Dialog title={t('train.title', { name })} isOpen onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <TextField
          label={t('one.course')}
          hint={t('train.courseHint')}
          value={course}
          onChange={setCourse}
          isRequired
        />
        <DayField label={t('train.on')} value={on} onChange={setOn} isRequired />
        {record.isError && <TroubleNotice error={record.error} />}
        <div className="row">
          <Button type="submit" weight="main" isPending={record.isPending}>
            {t('train.send')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

type Version = Found['acceptances'][number]

function Acceptances({ of }: { of: Found }) {
  const t = useTranslations('people')
  const columns: Column<Version>[] = [
    {
      id: 'version',
      name: t('versions.version'),
      cell: one => (
        <span className="stack tight">
          <span>{[one.title ?? t('versions.unknown'), one.unit].filter(each => each !== null).join(' · ')}</span>
          <code className="small">{one.digest.slice(0, 12)}…</code>
        </span>
      ),
    },
    {
      id: 'since',
      name: t('versions.since'),
      cell: one => (one.since === null ? '–' : <When at={one.since} as="day" />),
    },
    { id: 'at', name: t('versions.at'), cell: one => <When at={one.at} /> },
  ]
  return (
    <Panel title={t('versions.title')}>
      <div className="stack">
        <Facts
          facts={[
            {
              name: t('versions.inForce'),
              value: of.policy.title,
              source: <code>{of.policy.digest.slice(0, 12)}…</code>,
            },
            { name: t('versions.since'), value: <When at={of.policy.since} as="day" /> },
            { name: t('versions.at'), value: <PolicyState of={of} /> },
          ]}
        />
        {of.acceptances.length > 0 && (
          <Table
            caption={t('versions.all')}
            hideCaption={false}
            columns={columns}
            rows={of.acceptances}
            keyOf={one => one.digest}
          />
        )}
      </div>
    </Panel>
  )
}
