import { useParams } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { Page } from '../../../design/Page.tsx'
import { withWords } from '../../shell/page.tsx'
import { WorkPanel } from './WorkPanel.tsx'

/** Work on a recording without its footage: for a second screen, and for whoever may write but not look. */
function AloneWith() {
  const { id } = useParams({ from: '/recordings/$id/work' })
  const t = useTranslations('work')
  return (
    <Page
      title={t('title')}
      lead={
        <a href={`/recordings/${id}`}>
          {t('recording')} <code>{id}</code>
        </a>
      }
    >
      <WorkPanel recording={id} />
    </Page>
  )
}

export const WorkPage = withWords(['work'], AloneWith)
