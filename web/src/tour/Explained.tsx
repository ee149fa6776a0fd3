import { useTranslations } from 'use-intl'
import { Notice } from '../../design/Notice.tsx'
import { Page, Panel } from '../../design/Page.tsx'
import { Sketch, sketches } from './Sketch.tsx'
import './tour.css'

/** In an installation that keeps evidence nothing is tried: what there is to see, and how to start a demo beside it. */
export function Explained() {
  const t = useTranslations('tour')
  return (
    <Page title={t('title')} lead={t('lead')}>
      <Notice tone="info" title={t('elsewhere.title')}>
        <p>{t('elsewhere.text')}</p>
        <p>
          <code>npm run demo</code>
        </p>
      </Notice>
      <div className="sketches">
        {sketches.map(name => (
          <Panel key={name} title={t(`${name}.title`)}>
            <Sketch name={name} />
            <p>{t(`${name}.text`)}</p>
          </Panel>
        ))}
      </div>
    </Page>
  )
}
