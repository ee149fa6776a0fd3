import { useSuspenseQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { Badge } from '../../design/Notice.tsx'
import { Table } from '../../design/Table.tsx'
import { Who } from './Who.tsx'
import { When } from '../../design/When.tsx'
import { type Access, accessQuestion } from './questions.ts'

type Person = Access['people'][number]

/** Who knows of the recording and by what, who may also look, and what the policy says about looking. */
export function WhoMaySee({ recording }: { recording: string }) {
  const { you, people, more, rules } = useSuspenseQuery(accessQuestion(recording)).data
  const t = useTranslations('recording')
  return (
    <div className="stack roomy">
      <div className="stack">
        <p>{t('access.you', { ways: you.map(way => t(`way.${way}`)).join('; ') })}</p>
        <Table
          caption={t('access.people')}
          rows={people}
          keyOf={({ name }) => name}
          columns={[
            { id: 'who', name: t('access.who'), cell: ({ name, roles }) => <Who name={name} roles={roles} /> },
            { id: 'why', name: t('access.why'), cell: person => <Why person={person} /> },
            {
              id: 'looks',
              name: t('access.looks'),
              cell: ({ looks }) => (
                <Badge tone={looks ? 'info' : 'none'}>{looks ? t('access.mayLook') : t('access.mayNotLook')}</Badge>
              ),
            },
          ]}
        />
        {more > 0 && <p className="quiet">{t('access.more', { count: more })}</p>}
      </div>
      <div className="stack">
        <h3>{t('access.rules')}</h3>
        <ul className="rules">
          {rules.map(({ words, roles, never, source }) => (
            <li key={`${words} ${roles.join()}`}>
              {roles.length > 0 && <strong>{roles.join(', ')}: </strong>}
              {words}
              {never && ` (${t('access.never')})`}
              {source !== '' && <span className="quiet small block">{t('access.source', { source })}</span>}
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}

function Why({ person }: { person: Person }) {
  const t = useTranslations('recording')
  const { ways, until, reason } = person
  return (
    <>
      {ways.map(way => t(`way.${way}`)).join('; ')}
      {until !== null && (
        <span className="quiet small block">
          {t('access.until')} <When at={until} as="moment" />
          {reason !== null && ` · ${reason}`}
        </span>
      )}
    </>
  )
}
