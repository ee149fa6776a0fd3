import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-aria-components'
import { useTranslations } from 'use-intl'
import { Answer } from '../../design/Answer.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Panel } from '../../design/Page.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { useMe } from '../shell/me.ts'
import { useNow } from '../words/now.ts'

const DAY_MS = 86_400_000

/** What of the installation needs a hand: that it stands still, and runs that did not end as they should. */
export function SystemPart() {
  const t = useTranslations('today')
  const now = useNow()
  const still = useMe().data?.installation.still ?? null
  const runs = useQuery({ queryKey: ['today', 'runs'], queryFn: () => vidne.keep.runs({ limit: 1 }) })
  return (
    <Panel title={t('system.title')} actions={<Link href="/retention">{t('system.runs')}</Link>}>
      {still !== null && (
        <Notice tone="stop" title={t('system.still')}>
          {still.sentence}
        </Notice>
      )}
      <Answer of={runs}>
        {({ halted, completedAt }) => {
          const late = now - Date.parse(completedAt) > DAY_MS
          return (
            <>
              {halted && <Notice tone="wait" title={t('system.halted')} />}
              {!halted && late && <Notice tone="wait" title={t('system.late')} />}
              {still === null && !halted && !late && <Notice tone="good">{t('system.fine')}</Notice>}
              <p className="quiet">
                {t('system.last')} <When at={completedAt} />
              </p>
            </>
          )
        }}
      </Answer>
    </Panel>
  )
}
