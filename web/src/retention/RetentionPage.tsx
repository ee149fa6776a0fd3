import { useTranslations } from 'use-intl'
import { Page } from '../../design/Page.tsx'
import { Tabs } from '../../design/Tabs.tsx'
import { may, usePerson } from '../shell/me.ts'
import { withWords } from '../shell/page.tsx'
import { ClosedCases } from './ClosedCases.tsx'
import { Forecast } from './Forecast.tsx'
import { Gone } from './Gone.tsx'
import { Records } from './Records.tsx'
import { Runs } from './Runs.tsx'
import './retention.css'

/** What goes and when, what keeps it, and what has gone. */
function Retention() {
  const t = useTranslations('retention')
  const person = usePerson()
  const sides = [
    { id: 'forecast', act: 'due', content: <Forecast /> },
    { id: 'gone', act: 'statement', content: <Gone /> },
    { id: 'runs', act: 'due', content: <Runs /> },
    { id: 'cases', act: 'see-cases', content: <ClosedCases /> },
    { id: 'records', act: 'see-records', content: <Records /> },
  ] as const
  return (
    <Page title={t('title')} lead={t('lead')}>
      <Tabs
        label={t('title')}
        sides={sides
          .filter(({ act }) => may(person, act))
          .map(({ id, content }) => ({ id, name: t(`sides.${id}`), content }))}
      />
    </Page>
  )
}

export const RetentionPage = withWords(['retention'], Retention)
