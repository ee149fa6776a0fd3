import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-aria-components'
import { useTranslations } from 'use-intl'
import { Answer } from '../../design/Answer.tsx'
import { Button } from '../../design/Button.tsx'
import { Confirm } from '../../design/Dialog.tsx'
import { Badge, Notice, type Tone } from '../../design/Notice.tsx'
import { Panel } from '../../design/Page.tsx'
import { Table } from '../../design/Table.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'
import { may, usePerson } from '../shell/me.ts'

type Run = Awaited<ReturnType<typeof vidne.keep.runs>>['runs'][number]

const tones: Record<Run['outcome'], Tone> = {
  done: 'good',
  waiting: 'wait',
  stopped: 'stop',
  'clock-stopped': 'stop',
  'clock-confirmed': 'info',
}

/** How the runs ended: first where they stopped by themselves, then all of them. */
export function Runs() {
  const t = useTranslations('retention')
  const found = useQuery({ queryKey: ['retention', 'runs'], queryFn: () => vidne.keep.runs({ limit: 100 }) })
  return (
    <Answer of={found}>
      {({ runs, completedAt, halted }) => {
        const events = runs.filter(({ outcome }) => outcome !== 'done')
        return (
          <div className="stack">
            <Panel title={t('runs.events')} actions={<RunNow />}>
              <p className="quiet">{t('runs.lead')}</p>
              {halted && <Notice tone="wait" title={t('runs.halted')} />}
              <p>
                {t('runs.last')} <When at={completedAt} />
              </p>
              {events.length === 0 ? (
                <p className="quiet">{t('runs.eventsNone')}</p>
              ) : (
                <List runs={events} name={t('runs.events')} />
              )}
            </Panel>
            <Panel title={t('runs.all')}>
              {runs.length === 0 ? (
                <p className="quiet">{t('runs.none')}</p>
              ) : (
                <List runs={runs} name={t('runs.all')} />
              )}
            </Panel>
          </div>
        )
      }}
    </Answer>
  )
}

function List({ runs, name }: { runs: readonly Run[]; name: string }) {
  const t = useTranslations('retention')
  return (
    <Table
      caption={name}
      rows={runs}
      keyOf={run => run.id}
      columns={[
        { id: 'at', name: t('runs.at'), cell: run => <When at={run.at} /> },
        {
          id: 'outcome',
          name: t('runs.outcome'),
          cell: run => (
            <span className="row">
              <Badge tone={tones[run.outcome]}>{t(`runs.state.${run.outcome}`)}</Badge>
              {run.approval !== null && <Link href="/approvals">{t('runs.question')}</Link>}
            </span>
          ),
        },
        { id: 'deleted', name: t('runs.deleted'), cell: run => run.deleted, numeric: true },
        { id: 'unfinished', name: t('runs.unfinished'), cell: run => run.unfinished, numeric: true },
      ]}
    />
  )
}

function RunNow() {
  const t = useTranslations('retention')
  const person = usePerson()
  const [asking, setAsking] = useState(false)
  const run = useMutation({
    mutationFn: () => vidne.keep.run({ what: 'nightly' }),
    onSuccess: () => setAsking(false),
    onSettled: () => void questions.invalidateQueries(),
  })
  if (!may(person, 'run-nightly')) return null
  return (
    <>
      {run.isSuccess && <output>{run.data.because ?? t('runs.ended', { count: run.data.deleted.length })}</output>}
      <Button onPress={() => setAsking(true)}>{t('runs.now')}</Button>
      {asking && (
        <Confirm
          title={t('runs.nowTitle')}
          act={t('runs.now')}
          danger
          isOpen
          isPending={run.isPending}
          onClose={() => setAsking(false)}
          onConfirm={run.mutate}
          consequence={
            <>
              <p>{t('runs.nowText')}</p>
              {run.isError && <TroubleNotice error={run.error} />}
            </>
          }
        />
      )}
    </>
  )
}
