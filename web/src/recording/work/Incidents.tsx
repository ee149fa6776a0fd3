import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { When } from '../../../design/When.tsx'
import { vidne } from '../../connection/client.ts'

/** Other recordings of the same incidents, as far as they are on the reader's list. */
export function Incidents({ recording }: { recording: string }) {
  const t = useTranslations('work')
  const found = useQuery({
    queryKey: ['recordings', recording, 'incidents'],
    queryFn: () => vidne.recordings.incidents({ id: recording }),
  })
  return (found.data ?? []).map(({ reference, recordings }) => (
    <section key={reference} className="stack tight">
      <h3>{t('incident.others', { reference })}</h3>
      <ul className="entries">
        {recordings.map(one => (
          <li key={one.id} className="row">
            <a href={`/recordings/${one.id}`}>
              <When at={one.recordedAt ?? one.receivedAt} />
            </a>
            {one.camera !== null && <span className="quiet">{one.camera}</span>}
          </li>
        ))}
      </ul>
    </section>
  ))
}
