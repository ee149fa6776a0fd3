import { useSuspenseQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { Notice } from '../../design/Notice.tsx'
import { Page } from '../../design/Page.tsx'
import { withWords } from '../shell/page.tsx'
import { ByteStation } from './ByteStation.tsx'
import { DefenceStation } from './DefenceStation.tsx'
import { tourQuestion } from './demo.ts'
import { Explained } from './Explained.tsx'
import { LeapStation } from './LeapStation.tsx'
import { MissingStation } from './MissingStation.tsx'
import { Places } from './Places.tsx'
import './tour.css'

/** Four things that no other system shows, each to be tried; and whose place one can take. */
function Tour() {
  const t = useTranslations('tour')
  const { demo } = useSuspenseQuery(tourQuestion).data
  if (demo === null) return <Explained />
  return (
    <Page title={t('title')} lead={t('lead')}>
      <Notice tone="info">{t('invented')}</Notice>
      <ByteStation demo={demo} />
      <LeapStation demo={demo} />
      <MissingStation demo={demo} />
      <DefenceStation demo={demo} />
      <Places demo={demo} />
    </Page>
  )
}

export const TourPage = withWords(['tour', 'check'], Tour)
