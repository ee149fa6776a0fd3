import { ORPCError } from '@orpc/client'
import { useTranslations } from 'use-intl'
import type recording from '@vidne/locales/desk/recording/en.json'
import { Notice } from '../../design/Notice.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'

type Known = keyof (typeof recording)['refused']

/** Why the footage is not shown, in words of the desk where it knows the reason, and what to do. */
export function RefusalNotice({ error }: { error: unknown }) {
  const because = becauseOf(error)
  return because === null ? <TroubleNotice error={error} /> : <Refused because={because} />
}

export function Refused({ because }: { because: Known }) {
  const t = useTranslations('recording')
  return (
    <Notice tone="stop" live title={t('view.refusedTitle')}>
      <p>{t(`refused.${because}`)}</p>
    </Notice>
  )
}

const KNOWN: Readonly<Record<Known, true>> = {
  'not-allowed': true,
  'policy-not-accepted': true,
  'training-missing': true,
  'no-rule': true,
  'unknown-purpose': true,
  'not-your-purpose': true,
  'no-case': true,
  'no-incident': true,
  'no-own-report': true,
  'no-such-recording': true,
  deleted: true,
  'bytes-lost': true,
}

function becauseOf(error: unknown): Known | null {
  if (!(error instanceof ORPCError)) return null
  const { data }: { data: unknown } = error
  const because = typeof data === 'object' && data !== null && 'because' in data ? data.because : null
  return typeof because === 'string' && isKnown(because) ? because : null
}

function isKnown(because: string): because is Known {
  return Object.hasOwn(KNOWN, because)
}
