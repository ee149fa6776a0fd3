import type { AboutRecording } from '@vidne/contract/recordings'
import { Link } from 'react-aria-components'
import { useFormatter, useTranslations } from 'use-intl'
import { ShortId } from '../../design/ShortId.tsx'

/** A recording as people tell it from another: when, by which camera, worn by whom. */
export function useRecordingWords(): (about: AboutRecording) => string {
  const t = useTranslations('shell')
  const format = useFormatter()
  return ({ recordedAt, receivedAt, camera, wearer }) => {
    const at = format.dateTime(new Date(recordedAt ?? receivedAt), 'moment')
    const when = recordedAt === null ? t('receivedAt', { at }) : at
    return [when, camera, wearer].filter(word => word !== null).join(' · ')
  }
}

/** A link to a recording, by what the reader's list says of it. One that is not on it stays an id, and leads nowhere. */
export function RecordingName({ id, about }: { id: string; about: AboutRecording | null }) {
  const words = useRecordingWords()
  if (about === null) return <ShortId id={id} />
  return (
    <span className="stack tight">
      <Link href={`/recordings/${id}`}>{words(about)}</Link>
      <span className="quiet small">
        <ShortId id={id} />
      </span>
    </span>
  )
}
