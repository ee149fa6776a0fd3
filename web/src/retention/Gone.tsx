import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-aria-components'
import { useTranslations } from 'use-intl'
import { Answer } from '../../design/Answer.tsx'
import { Button } from '../../design/Button.tsx'
import { Empty, Panel } from '../../design/Page.tsx'
import { Table } from '../../design/Table.tsx'
import { ShortId } from '../../design/ShortId.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { useNames } from '../words/names.ts'

const PAGE = 50

/** What was deleted, newest first; each has a statement that is made when somebody asks for it. */
export function Gone() {
  const t = useTranslations('retention')
  const names = useNames()
  const found = useInfiniteQuery({
    queryKey: ['retention', 'deletions'],
    queryFn: ({ pageParam }) =>
      vidne.keep.deletions({ limit: PAGE, ...(pageParam === null ? {} : { after: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: last => last.after,
  })
  const rows = found.data?.pages.flatMap(({ deletions }) => deletions)
  return (
    <Panel title={t('sides.gone')}>
      <p className="quiet">{t('gone.lead')}</p>
      <Answer of={{ data: rows, error: found.error, refetch: found.refetch }}>
        {deletions =>
          deletions.length === 0 ? (
            <Empty title={t('gone.none')}>{t('gone.noneText')}</Empty>
          ) : (
            <Table
              caption={t('sides.gone')}
              rows={deletions}
              keyOf={one => one.recording}
              columns={[
                { id: 'when', name: t('gone.when'), cell: one => <When at={one.deletedAt} /> },
                {
                  id: 'recording',
                  name: t('recording'),
                  cell: one => (
                    <Link href={`/recordings/${one.recording}`}>
                      <ShortId id={one.recording} />
                    </Link>
                  ),
                },
                { id: 'rule', name: t('rule'), cell: one => names('rule', one.rule) },
                {
                  id: 'statement',
                  name: t('gone.statement'),
                  cell: one => <Statement recording={one.recording} />,
                },
              ]}
            />
          )
        }
      </Answer>
      {found.hasNextPage && (
        <div>
          <Button isPending={found.isFetchingNextPage} onPress={() => void found.fetchNextPage()}>
            {t('gone.more')}
          </Button>
        </div>
      )}
      <p className="quiet small">{t.rich('gone.public', { page: words => <a href="/deletions">{words}</a> })}</p>
    </Panel>
  )
}

function Statement({ recording }: { recording: string }) {
  const t = useTranslations('retention')
  const [wanted, setWanted] = useState(false)
  const short = recording.slice(-8)
  if (!wanted)
    return (
      <Button onPress={() => setWanted(true)} aria-label={`${t('gone.statement')} ${short}: ${t('gone.make')}`}>
        {t('gone.make')}
      </Button>
    )
  return <Making recording={recording} />
}

/** Asked once; while it waits for a checkpoint it is only looked at. */
function Making({ recording }: { recording: string }) {
  const t = useTranslations('retention')
  const asked = useQuery({
    queryKey: ['statement', recording],
    queryFn: () => vidne.recordings.statement({ id: recording }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  })
  const id = asked.data?.state === 'sealing' ? asked.data.export : null
  const later = useQuery({
    queryKey: ['export', id],
    queryFn: () => vidne.exports.find({ id: id ?? '' }),
    enabled: id !== null,
    refetchInterval: query => (query.state.data?.state === 'ready' ? false : 2_000),
  })
  const ready = asked.data?.state === 'ready' ? asked.data : later.data?.state === 'ready' ? later.data : null
  return (
    <Answer of={asked}>
      {() =>
        ready === null ? (
          <output>{t('gone.making')}</output>
        ) : (
          <a href={ready.download} download className="button">
            {t('gone.download')}
          </a>
        )
      }
    </Answer>
  )
}
