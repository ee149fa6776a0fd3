import type { Me } from '@vidne/contract/me'
import { useSyncExternalStore } from 'react'
import { useTranslations } from 'use-intl'
import { Notice } from '../../design/Notice.tsx'
import { When } from '../../design/When.tsx'
import { troubleOf } from '../connection/trouble.ts'

/**
 * What is wrong for everybody, above every page: no network, no answer, standing still, a policy not yet accepted; and what goes on
 * and not as it should, for those whom it concerns. Each is read out when it appears.
 */
export function Standing({ me, trouble }: { me: Me; trouble: unknown }) {
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
      {online && trouble !== null && <NoAnswer trouble={trouble} />}
      {still !== null && (
        <Notice tone="stop" live title={t('still.title')}>
          {still.sentence}
        </Notice>
      )}
      {installation.warnings.map(({ code, title, sentence }) => (
        <Notice key={code} tone="wait" live title={title}>
          {sentence}
        </Notice>
      ))}
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

/** Nobody answers, or the installation does and cannot: then it says why, such as a database that is away. */
function NoAnswer({ trouble }: { trouble: unknown }) {
  const t = useTranslations('shell')
  const told = troubleOf(trouble)
  return (
    <Notice tone="stop" live title={t('away.title')}>
      {told.kind === 'refused' && <p>{told.sentence}</p>}
      <p>{t('away.text')}</p>
    </Notice>
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
