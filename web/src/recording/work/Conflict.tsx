import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../../design/Button.tsx'
import { Notice } from '../../../design/Notice.tsx'
import './work.css'

/** Two people wrote at once: both texts, side by side, and whoever came second decides. `theirs` null: it was taken away. */
export function Conflict({
  name,
  theirs,
  yours,
  onKeep,
  onMine,
}: {
  name: string
  theirs: ReactNode | null
  yours: ReactNode
  onKeep: () => void
  onMine: () => void
}) {
  const t = useTranslations('work')
  return (
    <Notice tone="wait" live title={t('conflict.title')}>
      <p>{t('conflict.text')}</p>
      <div className="both">
        <div className="stack tight">
          <strong>{theirs === null ? t('conflict.gone') : t('conflict.theirs', { name })}</strong>
          {theirs}
        </div>
        <div className="stack tight">
          <strong>{t('conflict.yours')}</strong>
          {yours}
        </div>
      </div>
      <div className="row">
        <Button onPress={onKeep}>{t('conflict.keep')}</Button>
        <Button onPress={onMine}>{theirs === null ? t('conflict.anew') : t('conflict.mine')}</Button>
      </div>
    </Notice>
  )
}
