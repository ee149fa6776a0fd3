import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { Answer } from '../../design/Answer.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Panel } from '../../design/Page.tsx'
import { vidne } from '../connection/client.ts'
import type { OwnLook } from './own.ts'
import { OwnPasskeys } from './OwnPasskeys.tsx'
import { NewAuthenticator, OwnPassword, RecoveryCodes } from './OwnPassword.tsx'

/** By what one signs in: seen, added to, changed and removed by oneself. */
export function OwnWays() {
  const t = useTranslations('people')
  const found = useQuery({ queryKey: ['own-account'], queryFn: (): Promise<OwnLook> => vidne.ownAccount.look() })
  return (
    <Answer of={found}>
      {({ account }) =>
        account === null ? (
          <Panel title={t('ways.title')}>
            <Notice tone="info">{t('ways.none')}</Notice>
          </Panel>
        ) : (
          <>
            <OwnPasskeys of={account} />
            {account.name !== null && <OwnPassword name={account.name} />}
            {account.name !== null && <NewAuthenticator />}
            {account.name !== null && <RecoveryCodes left={account.recoveryCodes} />}
            {account.byAgency && (
              <Panel title={t('ways.agency')}>
                <p>{t('ways.agencyText')}</p>
              </Panel>
            )}
          </>
        )
      }
    </Answer>
  )
}
