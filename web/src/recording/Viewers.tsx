import { useSuspenseQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { Empty } from '../../design/Page.tsx'
import { Table } from '../../design/Table.tsx'
import { When } from '../../design/When.tsx'
import { accountQuestion } from './questions.ts'
import { Who } from './Who.tsx'

/** Who has looked at it, newest first. What for is told to those who may read it. */
export function Viewers({ recording }: { recording: string }) {
  const { viewers } = useSuspenseQuery(accountQuestion(recording)).data
  const t = useTranslations('recording')
  if (viewers.length === 0) return <Empty title={t('seen.none')}>{t('seen.noneText')}</Empty>
  return (
    <div className="stack">
      <p className="quiet">{t('seen.lead', { count: viewers.length })}</p>
      <Table
        caption={t('tab.seen')}
        rows={viewers}
        keyOf={({ view }) => view}
        columns={[
          { id: 'who', name: t('seen.who'), cell: ({ name, roles }) => <Who name={name} roles={roles} /> },
          { id: 'when', name: t('seen.when'), cell: ({ at }) => <When at={at} as="exact" /> },
          { id: 'purpose', name: t('seen.purpose'), cell: ({ purpose }) => purpose ?? t('seen.notTold') },
          {
            id: 'case',
            name: t('seen.case'),
            cell: one => one.case ?? (one.purpose === null ? t('seen.notTold') : '–'),
          },
        ]}
      />
    </div>
  )
}
