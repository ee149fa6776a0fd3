import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Answer } from '../../design/Answer.tsx'
import { Button } from '../../design/Button.tsx'
import { Panel } from '../../design/Page.tsx'
import { Table } from '../../design/Table.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { InWords } from './InWords.tsx'

/** Every version there has been, newest first; one of them in words. */
export function Versions() {
  const t = useTranslations('rules')
  const found = useQuery({ queryKey: ['rules', 'versions'], queryFn: () => vidne.policy.versions() })
  const [chosen, setChosen] = useState<string | null>(null)
  return (
    <div className="stack">
      <Panel title={t('sides.versions')}>
        <p className="quiet">{t('versions.lead')}</p>
        <Answer of={found}>
          {all => (
            <Table
              caption={t('sides.versions')}
              rows={all.toReversed()}
              keyOf={one => one.digest}
              columns={[
                { id: 'since', name: t('since'), cell: one => <When at={one.since} /> },
                { id: 'unit', name: t('unit'), cell: one => one.unit ?? t('agency') },
                { id: 'digest', name: t('versions.name'), cell: one => <code>{one.digest.slice(0, 12)}</code> },
                {
                  id: 'read',
                  name: t('versions.read'),
                  cell: one => (
                    <Button
                      onPress={() => setChosen(one.digest)}
                      aria-label={`${t('versions.read')}: ${one.digest.slice(0, 12)}`}
                    >
                      {t('versions.read')}
                    </Button>
                  ),
                },
              ]}
            />
          )}
        </Answer>
      </Panel>
      {chosen !== null && <Version digest={chosen} />}
    </div>
  )
}

function Version({ digest }: { digest: string }) {
  const told = useQuery({
    queryKey: ['rules', 'in-words', digest],
    queryFn: () => vidne.policy.inWords({ digest }),
  })
  return <Answer of={told}>{version => <InWords told={version} />}</Answer>
}
