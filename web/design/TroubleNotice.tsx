import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { troubleOf } from '../src/connection/trouble.ts'
import { Button } from './Button.tsx'
import { Notice } from './Notice.tsx'

/** What went wrong, whether anything was lost, and what to do. `retry` where asking again is the thing to do. */
export function TroubleNotice({
  error,
  retry,
  children,
}: {
  error: unknown
  retry?: () => void
  children?: ReactNode
}) {
  const t = useTranslations('shell')
  const trouble = troubleOf(error)
  return (
    <Notice tone="stop" live title={t(`trouble.${trouble.kind}.title`)}>
      {trouble.kind !== 'away' && <p>{trouble.sentence}</p>}
      <p>{t(`trouble.${trouble.kind}.next`)}</p>
      {children}
      {retry !== undefined && (
        <div>
          <Button onPress={retry}>{t('again')}</Button>
        </div>
      )}
    </Notice>
  )
}

/** While something is on its way. */
export function Loading() {
  const t = useTranslations('shell')
  return <output className="quiet">{t('loading')}</output>
}
