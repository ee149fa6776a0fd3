import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Page } from '../../design/Page.tsx'
import { withWords } from '../shell/page.tsx'
import { FindIt, KeepIt } from './Finding.tsx'
import { HandOver } from './HandOver.tsx'
import type { Row } from './told.tsx'
import './today.css'

/** From what happened to a package that the police can check: time and camera, the recording, the hold, the second person. */
function Happened() {
  const t = useTranslations('today')
  const [chosen, setChosen] = useState<Row | null>(null)
  return (
    <Page title={t('happened.title')} lead={t('happened.lead')}>
      <FindIt chosen={chosen} onChoose={setChosen} />
      {chosen !== null && <KeepIt key={`keep-${chosen.id}`} row={chosen} />}
      {chosen !== null && <HandOver key={`hand-${chosen.id}`} row={chosen} />}
    </Page>
  )
}

export const HappenedPage = withWords(['today'], Happened)
