import type { Me } from '@vidne/contract/me'
import { useSyncExternalStore } from 'react'
import { useTranslations } from 'use-intl'
import { Notice } from '../../design/Notice.tsx'
import { When } from '../../design/When.tsx'

/** The states that are wrong for everybody, above every page: no network, no answer, standing still, a rehearsal, a policy not yet accepted. */
export function Standing({ me, away }: { me: Me; away: boolean }) {
  const t = useTranslations('shell')
  const online = useOnline()
  const { installation, person } = me
  const still = installation.founded ? installation.still : null
  return (
    <aside className="standing" aria-label={t('standing')}>
      {installation.mode === 'rehearsal' && (
        <p className="rehearsal">
          <strong>{t('rehearsal.title')}</strong> {t('rehearsal.text')}{' '}
          {installation.now !== null && <When at={installation.now} />}
        </p>
      )}
      {!online && (
        <Notice tone="wait" live title={t('offline.title')}>
          {t('offline.text')}
        </Notice>
      )}
      {online && away && (
        <Notice tone="stop" live title={t('away.title')}>
          {t('away.text')}
        </Notice>
      )}
      {still !== null && (
        <Notice tone="stop" live title={t('still.title')}>
          {still.sentence}
        </Notice>
      )}
      {person !== null && !person.policyAccepted && (
        <Notice tone="wait" title={t('policy.title')}>
          <p>
            {t('policy.text')} <a href="/rules">{t('policy.read')}</a>
          </p>
        </Notice>
      )}
    </aside>
  )
}

function useOnline(): boolean {
  return useSyncExternalStore(
    changed => {
      addEventListener('online', changed)
      addEventListener('offline', changed)
      return () => {
        removeEventListener('online', changed)
        removeEventListener('offline', changed)
      }
    },
    () => navigator.onLine,
  )
}
