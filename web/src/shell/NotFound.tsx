import { Link } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { Page } from '../../design/Page.tsx'

export function NotFound() {
  const t = useTranslations('shell')
  return (
    <Page title={t('notFound.title')}>
      <div className="stack">
        <p>{t('notFound.text')}</p>
        <p>
          <Link to="/">{t('notFound.back')}</Link>
        </p>
      </div>
    </Page>
  )
}
