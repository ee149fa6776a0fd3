import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Answer } from '../../design/Answer.tsx'
import { Notice, type Tone } from '../../design/Notice.tsx'
import { Empty, Page, Panel } from '../../design/Page.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { withWords } from '../shell/page.tsx'
import { AnsweredList } from './AnsweredList.tsx'
import { Question } from './Question.tsx'
import { answeredQuestion, type Waiting, waitingQuestion } from './questions.ts'
import './approvals.css'

export type Done = 'confirmed' | 'waiting' | 'declined' | 'withdrawn' | 'refused'
const tones: Record<Exclude<Done, 'refused'>, Tone> = {
  confirmed: 'good',
  waiting: 'wait',
  declined: 'info',
  withdrawn: 'info',
}

type Told = { done: Done; refusal: Error | undefined }

/** What takes two persons: what one may answer, what one asked, and what became of it. */
function Approvals() {
  const t = useTranslations('approvals')
  const waiting = useQuery(waitingQuestion)
  const [told, setTold] = useState<Told | null>(null)
  const tell = (done: Done, refusal?: Error) => setTold({ done, refusal })
  return (
    <Page title={t('title')} lead={t('lead')}>
      {told !== null && <Outcome {...told} />}
      <Answer of={waiting}>{questions => <Sorted questions={questions} onDone={tell} />}</Answer>
      <Ended />
    </Page>
  )
}

function Outcome({ done, refusal }: Told) {
  const t = useTranslations('approvals')
  if (done === 'refused') return <TroubleNotice error={refusal} />
  return (
    <Notice tone={tones[done]} live>
      {t(`done.${done}`)}
    </Notice>
  )
}

function Sorted({
  questions,
  onDone,
}: {
  questions: readonly Waiting[]
  onDone: (done: Done, refusal?: Error) => void
}) {
  const t = useTranslations('approvals')
  const by = Map.groupBy(questions, ({ you }) =>
    you === 'may-confirm' ? 'yours' : you === 'asked-by-you' ? 'asked' : 'others',
  )
  const list = (which: readonly Waiting[]) =>
    which.map(question => <Question key={question.id} question={question} onDone={onDone} />)
  const [yours, asked, others] = [by.get('yours') ?? [], by.get('asked') ?? [], by.get('others') ?? []]
  return (
    <>
      <Panel title={t('yours')}>
        {yours.length === 0 ? <Empty title={t('empty.title')}>{t('empty.text')}</Empty> : list(yours)}
      </Panel>
      {asked.length > 0 && <Panel title={t('asked')}>{list(asked)}</Panel>}
      {others.length > 0 && <Panel title={t('others')}>{list(others)}</Panel>}
    </>
  )
}

function Ended() {
  const t = useTranslations('approvals')
  const answered = useQuery(answeredQuestion)
  if (answered.data === undefined || answered.data.length === 0) return null
  return (
    <Panel title={t('ended')}>
      <p className="quiet">{t('endedLead')}</p>
      <AnsweredList answered={answered.data} />
    </Panel>
  )
}

export const ApprovalsPage = withWords(['approvals'], Approvals)
