import type { ComponentType } from 'react'
import { useTranslations } from 'use-intl'
import { Empty, Page } from '../../design/Page.tsx'
import { useMe } from './me.ts'

/** A page for whoever is signed in; anybody else is shown the way in, not a page that breaks. */
export function forSignedIn(Inside: ComponentType): ComponentType {
  return function SignedInOnly() {
    const t = useTranslations('shell')
    const me = useMe().data
    if (me === undefined) return null
    if (me.person !== null) return <Inside />
    return (
      <Page title={t('first.signIn')}>
        <Empty title={t('first.signInText')} action={<a href="/sign-in">{t('first.signIn')}</a>} />
      </Page>
    )
  }
}
