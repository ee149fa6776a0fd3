import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-aria-components'
import { useTranslations } from 'use-intl'
import { Panel } from '../../design/Page.tsx'
import { vidne } from '../connection/client.ts'

/** Where nothing has come in yet, the next step of whoever has just set the installation up; gone with the first recording. */
export function BeginPart() {
  const t = useTranslations('today')
  const listed = useQuery({ queryKey: ['today', 'any'], queryFn: () => vidne.recordings.list({ limit: 1 }) }).data
  if (listed === undefined || listed.recordings.length > 0) return null
  return (
    <Panel title={t('begin.title')}>
      <p>{t('begin.text')}</p>
      <p className="row">
        <Link href="/bring-in" className="button main">
          {t('begin.go')}
        </Link>
      </p>
    </Panel>
  )
}
