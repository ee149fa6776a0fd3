import { Link } from 'react-aria-components'
import { useTranslations } from 'use-intl'
import type { vidne } from '../connection/client.ts'
import { When } from '../../design/When.tsx'
import { useNow } from '../words/now.ts'

export type Row = Awaited<ReturnType<typeof vidne.recordings.list>>['recordings'][number]

const HOUR_MS = 3_600_000
/** From so many hours on days are told. */
const IN_DAYS = 72

/** In how many hours or days it goes, or that something keeps it. */
export function useLeft(): (row: Pick<Row, 'deleteAfter'>) => string {
  const t = useTranslations('today')
  const now = useNow()
  return ({ deleteAfter }) => {
    if (deleteAfter === null) return t('kept')
    const hours = Math.max(0, Math.floor((Date.parse(deleteAfter) - now) / HOUR_MS))
    return hours < IN_DAYS ? t('left', { hours }) : t('daysLeft', { days: Math.floor(hours / 24) })
  }
}

/** When it was recorded, as the way to it. */
export function ToRecording({ row: { id, recordedAt, receivedAt } }: { row: Row }) {
  return (
    <Link href={`/recordings/${id}`}>
      <When at={recordedAt ?? receivedAt} />
    </Link>
  )
}
