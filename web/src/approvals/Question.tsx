import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { type Fact, Facts } from '../../design/Page.tsx'
import { When } from '../../design/When.tsx'
import { useNames } from '../words/names.ts'
import { RecordingName, useRecordingWords } from '../words/RecordingName.tsx'
import type { Done } from './ApprovalsPage.tsx'
import { ConfirmIt, DeclineIt, WithdrawIt } from './answers.tsx'
import type { Waiting } from './questions.ts'

type Asking = 'confirm' | 'decline' | 'withdraw'

/** One question: what will happen, by when, what without an answer, and what one may do about it. */
export function Question({ question, onDone }: { question: Waiting; onDone: (done: Done, refusal?: Error) => void }) {
  const t = useTranslations('approvals')
  const names = useNames()
  const [asking, setAsking] = useState<Asking | null>(null)
  const answering = { question, onClose: () => setAsking(null), onDone }
  const words = useRecordingWords()
  const title = names('approval', question.kind)
  // Two questions of a kind are told apart by what they are about, also by who only hears the buttons.
  const { subject, about } = question
  const which = [title, about && words(about), subject && `…${subject.slice(-8)}`].filter(Boolean).join(' ')
  return (
    <article className="question" aria-labelledby={`q-${question.id}`}>
      <h3 id={`q-${question.id}`}>{title}</h3>
      <p>{t(`will.${question.kind}`)}</p>
      <Facts facts={useFacts(question)} />
      <Publication of={question.publication} />
      {question.you === 'may-confirm' && (
        <div className="row">
          <Button weight="main" onPress={() => setAsking('confirm')} aria-label={`${t('confirm')}: ${which}`}>
            {t('confirm')}
          </Button>
          <Button onPress={() => setAsking('decline')} aria-label={`${t('decline')}: ${which}`}>
            {t('decline')}
          </Button>
        </div>
      )}
      {question.you === 'asked-by-you' && (
        <div className="row">
          <Button onPress={() => setAsking('withdraw')} aria-label={`${t('withdraw')}: ${which}`}>
            {t('withdraw')}
          </Button>
        </div>
      )}
      {question.you !== 'may-confirm' && <p className="quiet small">{t(`why-not.${question.you}`)}</p>}
      {asking === 'confirm' && <ConfirmIt {...answering} />}
      {asking === 'decline' && <DeclineIt {...answering} />}
      {asking === 'withdraw' && <WithdrawIt {...answering} />}
    </article>
  )
}

function useFacts(question: Waiting): Fact[] {
  const t = useTranslations('approvals')
  const names = useNames()
  const { subject, about, rule, instead, outcome, confirmedBy, listed, publication } = question
  const words = (['reason', 'purpose', 'case', 'recipient', 'offence'] as const).map(name => ({
    name: t(`facts.${name}`),
    value: question[name],
  }))
  const facts: { name: string; value: Fact['value'] | null; source?: Fact['source'] }[] = [
    {
      name: t('facts.askedBy'),
      value: question.askedBy === 'installation' ? t('facts.installation') : question.askedBy,
      source: <When at={question.askedAt} />,
    },
    {
      name: t('facts.recording'),
      value: subject === null ? null : <RecordingName id={subject} about={about} />,
    },
    ...words,
    { name: t('facts.rule'), value: rule === null ? null : names('rule', rule) },
    { name: t('facts.instead'), value: instead === null ? null : names('rule', instead) },
    { name: t('facts.outcome'), value: outcome === null ? null : t(outcome) },
    { name: t('facts.listed'), value: listed === null ? null : t('count', { count: listed.items }) },
    { name: t('facts.unit'), value: publication === null ? null : (publication.unit ?? t('agency')) },
    {
      name: t('facts.since'),
      value: publication === null ? null : publication.since === null ? t('atOnce') : <When at={publication.since} />,
    },
    {
      name: t('facts.confirmed'),
      value: confirmedBy.length === 0 ? null : confirmedBy.join(', '),
      source: t('left', { count: question.left }),
    },
    { name: t('facts.deadline'), value: <When at={question.deadline} /> },
    { name: t('facts.without'), value: names('consequence', question.withoutAnswer) },
  ]
  return facts.filter(fact => fact.value !== null)
}

function Publication({ of }: { of: Waiting['publication'] }) {
  const t = useTranslations('approvals')
  if (of === null) return null
  if (of.digest === null) return <p>{t('overtaken')}</p>
  return (
    <div className="stack tight">
      <strong>{t('facts.changes')}</strong>
      <ul className="changes">
        {of.changes.map(({ path, text }) => (
          <li key={path + text}>{text}</li>
        ))}
      </ul>
      <p className="quiet small">
        SHA-256 <code>{of.digest}</code>
      </p>
    </div>
  )
}
