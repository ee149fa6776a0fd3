import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-aria-components'
import { useTranslations } from 'use-intl'
import { Answer } from '../../design/Answer.tsx'
import { Button } from '../../design/Button.tsx'
import { Empty, Panel } from '../../design/Page.tsx'
import { ReasonDialog } from '../../design/ReasonDialog.tsx'
import { Table } from '../../design/Table.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'
import { usePerson } from '../shell/me.ts'
import { ToRecording, useLeft } from './told.tsx'

const MOST = 20

/** A wearer's own recordings that nobody has put under a category; the first to go first. */
export function UncategorisedPart() {
  const t = useTranslations('today')
  const left = useLeft()
  const { name } = usePerson()
  const found = useQuery({
    queryKey: ['today', 'mine', name],
    queryFn: () =>
      vidne.recordings.list({ wearer: name, category: 'uncategorised', state: 'present', sort: 'goes', limit: MOST }),
  })
  return (
    <Panel title={t('mine.title')} actions={<Link href="/recordings">{t('more')}</Link>}>
      <p className="quiet">{t('mine.lead')}</p>
      <Answer of={found}>
        {({ recordings }) =>
          recordings.length === 0 ? (
            <Empty title={t('mine.none')}>{t('mine.noneText')}</Empty>
          ) : (
            <Table
              caption={t('mine.title')}
              rows={recordings}
              keyOf={row => row.id}
              columns={[
                { id: 'recorded', name: t('recorded'), cell: row => <ToRecording row={row} /> },
                { id: 'camera', name: t('camera'), cell: row => row.camera ?? t('unknown') },
                { id: 'left', name: t('due.title'), cell: row => left(row) },
              ]}
            />
          )
        }
      </Answer>
    </Panel>
  )
}

type Own = Awaited<ReturnType<typeof vidne.reviews.own>>[number]

/** What is missing of one's own shifts, and reasons that are asked for. */
export function MissingPart() {
  const t = useTranslations('today')
  const found = useQuery({ queryKey: ['today', 'own'], queryFn: () => vidne.reviews.own() })
  return (
    <Panel title={t('missing.title')}>
      <p className="quiet">{t('missing.lead')}</p>
      <Answer of={found}>
        {own =>
          own.length === 0 ? (
            <Empty title={t('missing.none')}>{t('missing.noneText')}</Empty>
          ) : (
            <ul className="things">
              {own.map(one => (
                <Missing key={one.id} one={one} />
              ))}
            </ul>
          )
        }
      </Answer>
    </Panel>
  )
}

function Missing({ one }: { one: Own }) {
  const t = useTranslations('today')
  const [asking, setAsking] = useState(false)
  const explain = useMutation({
    mutationFn: (reason: string) => vidne.situations.explain({ id: one.situation ?? '', reason }),
    onSuccess: () => {
      setAsking(false)
      void questions.invalidateQueries({ queryKey: ['today'] })
    },
  })
  return (
    <li className="thing">
      <div className="stack tight">
        <strong>{t(`kind.${one.kind}`)}</strong>
        <span>
          <When at={one.since} /> {one.camera !== null && `· ${t('camera')} ${one.camera}`}
        </span>
        {one.kind === 'missing-recording' && <span className="quiet">{t('missing.dock')}</span>}
        {one.explained && <span className="quiet">{t('missing.explained')}</span>}
      </div>
      {one.situation !== null && !one.explained && (
        <Button onPress={() => setAsking(true)}>{t('missing.explain')}</Button>
      )}
      {asking && (
        <ReasonDialog
          title={t('missing.explain')}
          consequence={t('missing.explainText')}
          label={t('reason')}
          hint={t('reasonHint')}
          act={t('missing.explain')}
          isPending={explain.isPending}
          error={explain.error}
          onClose={() => setAsking(false)}
          onConfirm={explain.mutate}
        />
      )}
    </li>
  )
}
