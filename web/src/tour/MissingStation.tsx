import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Badge, Notice } from '../../design/Notice.tsx'
import { Table } from '../../design/Table.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { type Demo, usePersonas } from './demo.ts'
import { type Absences, absences, type Absent } from './missing.ts'
import { Station } from './Station.tsx'

/** What had to be recorded and was not: by name for whoever answers for it, and as a number without names for everybody. */
export function MissingStation({ demo }: { demo: Demo }) {
  const t = useTranslations('tour')
  const who = usePersonas().get(demo.missing.person)
  const looking = useMutation({ mutationFn: () => absences(demo) })
  return (
    <Station number={3} title={t('missing.title')} text={t('missing.text')}>
      {who !== undefined && <p className="quiet">{t('missing.as', { name: who.name, agency: who.agency.name })}</p>}
      <div>
        <Button weight="main" isPending={looking.isPending} onPress={() => looking.mutate()}>
          {t('missing.look')}
        </Button>
      </div>
      <div aria-live="polite" className="stack">
        {looking.isError && <TroubleNotice error={looking.error} />}
        {looking.data !== undefined && <AbsencesView absences={looking.data} />}
      </div>
    </Station>
  )
}

function AbsencesView({ absences: { had, missing } }: { absences: Absences }) {
  const t = useTranslations('tour')
  return (
    <>
      <Table
        caption={t('missing.table')}
        hideCaption={false}
        rows={missing}
        keyOf={one => one.key}
        columns={[
          { id: 'operation', name: t('missing.operation'), cell: one => one.operation },
          { id: 'from', name: t('missing.from'), cell: one => <When at={one.from} /> },
          { id: 'who', name: t('missing.who'), cell: one => one.who },
          { id: 'review', name: t('missing.review'), cell: one => <Reviewed review={one.review} /> },
        ]}
      />
      <Notice tone="info" title={t('missing.publicTitle')}>
        <p className="lead">{t('missing.count', { had, missing: missing.length })}</p>
        <p>{t('missing.public')}</p>
      </Notice>
    </>
  )
}

function Reviewed({ review }: Pick<Absent, 'review'>) {
  const t = useTranslations('tour')
  if (review === null) return <Badge tone="none">{t('missing.notYet')}</Badge>
  if (review.closedAt !== null) return <Badge tone="good">{t('missing.closed')}</Badge>
  return (
    <>
      <Badge tone="wait">{t('missing.open')}</Badge> <When at={review.openedAt} as="shortDay" />
    </>
  )
}
