import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { Facts, Panel } from '../../design/Page.tsx'
import { When } from '../../design/When.tsx'
import { accountQuestion, type Found } from './questions.ts'
import { TrackMap } from './TrackMap.tsx'

/** What is known of the recording, each with whose word it is; where two clocks differ, both are told. */
export function AboutFile({ recording }: { recording: string }) {
  const { facts, track } = useSuspenseQuery(accountQuestion(recording)).data
  const t = useTranslations('recording')
  return (
    <div className="stack">
      <p className="quiet">{t('facts.lead')}</p>
      {facts.length === 0 && <p>{t('facts.none')}</p>}
      <dl className="facts">
        {facts.map(({ label, claims }) => (
          <div key={label}>
            <dt>{label}</dt>
            {claims.map(({ value, source }) => (
              <dd key={`${value} ${source}`}>
                {value}
                {source !== null && <span className="quiet small block">{source}</span>}
              </dd>
            ))}
          </div>
        ))}
      </dl>
      {track !== null && <TrackMap track={track} />}
    </div>
  )
}

/** When it goes, and the rule that says so; what the seal fixes beside it. */
export function Going({ found }: { found: Found }) {
  const t = useTranslations('recording')
  const { recording, reviewAt } = found
  const account = useQuery(accountQuestion(recording.id)).data
  return (
    <Panel title={t('going.title')}>
      <p className="lead">
        {recording.deleteAfter === null ? (
          t(recording.state === 'deleted' ? 'going.gone' : recording.held ? 'going.held' : 'going.open')
        ) : (
          <>
            {t('going.on')} <When at={recording.deleteAfter} as="moment" />
          </>
        )}
      </p>
      {reviewAt !== null && (
        <p>
          {t('going.review')} <When at={reviewAt} as="day" />
        </p>
      )}
      <div className="stack tight">
        {(account?.standing ?? []).map(sentence => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      <Facts
        facts={[
          {
            name: t('going.sealedAt'),
            value: recording.sealedAt === null ? t('going.notYet') : <When at={recording.sealedAt} as="exact" />,
          },
          { name: t('going.level'), value: t(`level.${recording.level}`) },
          ...(recording.sha256 === null
            ? []
            : [{ name: t('going.digest'), value: <code className="small">{recording.sha256}</code> }]),
        ]}
      />
    </Panel>
  )
}
