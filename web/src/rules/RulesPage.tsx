import { useTranslations } from 'use-intl'
import { Page } from '../../design/Page.tsx'
import { Tabs } from '../../design/Tabs.tsx'
import { may, usePerson } from '../shell/me.ts'
import { withWords } from '../shell/page.tsx'
import { Draft } from './Draft.tsx'
import { InForce } from './InForce.tsx'
import { Versions } from './Versions.tsx'
import './rules.css'

/** The policy: what is in force in words, every version, and how a next one comes about. */
function Rules() {
  const t = useTranslations('rules')
  const person = usePerson()
  const sides = [
    { id: 'force', name: t('sides.force'), content: <InForce /> },
    { id: 'versions', name: t('sides.versions'), content: <Versions /> },
    ...(may(person, 'publish-policy') ? [{ id: 'draft' as const, name: t('sides.draft'), content: <Draft /> }] : []),
  ] as const
  return (
    <Page title={t('title')} lead={t('lead')} actions={<a href="/policy">{t('public')}</a>}>
      <Tabs label={t('title')} sides={sides} />
    </Page>
  )
}

export const RulesPage = withWords(['rules'], Rules)
