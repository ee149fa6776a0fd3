import { useTranslations } from 'use-intl'
import { Notice } from '../../design/Notice.tsx'
import { Page, Panel } from '../../design/Page.tsx'
import { usePerson } from '../shell/me.ts'
import { withWords } from '../shell/page.tsx'
import { MailAddress } from './MailAddress.tsx'
import { OwnDesk } from './OwnDesk.tsx'
import { OwnWays } from './OwnWays.tsx'
import { Sessions } from './Sessions.tsx'
import { Standing } from './Standing.tsx'
import { Tokens } from './Tokens.tsx'

/** One's own account: what one may do here, and by what one is signed in. */
function Account() {
  const t = useTranslations('people')
  const { id, name, agency, roles } = usePerson()
  return (
    <Page title={t('own.title')} lead={t('own.lead', { name, agency: agency.name })}>
      <Panel title={t('own.roles')}>
        {roles.length === 0 ? (
          <Notice tone="wait">{t('own.noRoles', { agency: agency.name })}</Notice>
        ) : (
          <p>{roles.map(role => t(`role.${role}`)).join(', ')}</p>
        )}
      </Panel>
      <OwnWays />
      <MailAddress />
      <Sessions of={name} />
      <Tokens of={name} />
      <Standing id={id} records={false} />
      <OwnDesk />
    </Page>
  )
}

export const AccountPage = withWords(['people'], Account)
