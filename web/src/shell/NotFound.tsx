import { Link } from '@tanstack/react-router'
import { useTranslations } from 'use-intl'
import { Page } from '../../design/Page.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { troubleOf } from '../connection/trouble.ts'

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

/** A page that could not be shown, in its frame: what is not there for this person answers like what never was. */
export function NotShown({ error, reset }: { error: unknown; reset: () => void }) {
  const t = useTranslations('shell')
  const trouble = troubleOf(error)
  if (trouble.kind === 'refused' && trouble.status === 404) return <NotFound />
  return (
    <Page title={t('notShown')}>
      <TroubleNotice error={error} retry={reset} />
    </Page>
  )
}
