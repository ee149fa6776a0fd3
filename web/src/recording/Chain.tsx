import { useSuspenseQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { Badge, type Tone } from '../../design/Notice.tsx'
import { When } from '../../design/When.tsx'
import { type Account, accountQuestion } from './questions.ts'

type Event = Account['events'][number]

const TONES: Readonly<Record<Event['state'], Tone>> = { received: 'wait', sealed: 'info', countersigned: 'good' }

/** What happened to the recording, as one line from first to last; each event with how far it has come. */
export function Chain({ recording }: { recording: string }) {
  const { events } = useSuspenseQuery(accountQuestion(recording)).data
  const t = useTranslations('recording')
  return (
    <div className="stack">
      <p className="quiet">{t('chain.lead')}</p>
      <ol className="chain" aria-label={t('tab.history')}>
        {events.map(event => (
          <li key={event.seq} className={event.state}>
            <div className="row apart">
              <h3>{event.title}</h3>
              <span className="row">
                <When at={event.at} as="exact" />
                <Badge tone={TONES[event.state]}>{t(`state.${event.state}`)}</Badge>
              </span>
            </div>
            {event.sentences.map(sentence => (
              <p key={sentence}>{sentence}</p>
            ))}
            {event.lines.length > 0 && (
              <ul className="quiet small">
                {event.lines.map(line => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
            )}
            {event.index !== null && <p className="quiet small">{t('chain.index', { index: event.index })}</p>}
          </li>
        ))}
      </ol>
    </div>
  )
}
