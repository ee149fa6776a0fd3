import { useTranslations } from 'use-intl'
import { Page } from '../../design/Page.tsx'
import { usePerson } from '../shell/me.ts'
import { withWords } from '../shell/page.tsx'

/** For somebody whose account has no role: whom to ask. */
function Nothing() {
  const t = useTranslations('sign-in')
  const { agency } = usePerson()
  return (
    <Page title={t('nothing.title')}>
      <p>{t('nothing.text', { agency: agency.name })}</p>
      <p>
        <a href="/sign-out">{t('out.title')}</a>
      </p>
    </Page>
  )
}

export const NothingYet = withWords(['sign-in'], Nothing)
