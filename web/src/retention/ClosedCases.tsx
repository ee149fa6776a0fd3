import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { Answer } from '../../design/Answer.tsx'
import { Empty, Panel } from '../../design/Page.tsx'
import { Table } from '../../design/Table.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'

/** As many as come at once; those closed long ago, which go first, are few. */
const SHOWN = 200

type Row = Awaited<ReturnType<typeof vidne.cases.list>>['cases'][number]

/** When the texts of closed cases go by rule, and which footage keeps them. */
export function ClosedCases() {
  const t = useTranslations('retention')
  const found = useQuery({
    queryKey: ['cases', 'ending'],
    queryFn: () => vidne.cases.list({ state: 'closed', limit: SHOWN }),
  })
  return (
    <Panel title={t('sides.cases')}>
      <p className="quiet">{t('cases.lead')}</p>
      <Answer of={found}>
        {({ cases, after }) =>
          cases.length === 0 ? (
            <Empty title={t('cases.none')}>{t('cases.noneText')}</Empty>
          ) : (
            <>
              <Table
                caption={t('sides.cases')}
                rows={cases.toSorted((a, b) => timeOf(a) - timeOf(b))}
                keyOf={row => row.id}
                columns={[
                  {
                    id: 'number',
                    name: t('cases.number'),
                    cell: row => (
                      <Link to="/cases/$id" params={{ id: row.id }}>
                        {row.number}
                      </Link>
                    ),
                  },
                  { id: 'title', name: t('cases.title'), cell: row => row.title },
                  {
                    id: 'goes',
                    name: t('cases.goes'),
                    cell: row => (row.goes === null ? '–' : <When at={row.goes.at} as="day" />),
                  },
                  {
                    id: 'kept',
                    name: t('cases.kept'),
                    cell: row => t('cases.footage', { count: row.goes?.footage ?? 0 }),
                  },
                ]}
              />
              {after !== null && <p className="quiet small">{t('cases.more', { count: SHOWN })}</p>}
            </>
          )
        }
      </Answer>
    </Panel>
  )
}

function timeOf({ goes }: Row): number {
  return goes === null ? Number.POSITIVE_INFINITY : Date.parse(goes.at)
}
