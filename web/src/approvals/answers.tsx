import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { Confirm } from '../../design/Dialog.tsx'
import { ReasonDialog } from '../../design/ReasonDialog.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'
import { troubleOf } from '../connection/trouble.ts'
import type { Done } from './ApprovalsPage.tsx'
import type { Waiting } from './questions.ts'

type Answering = { question: Waiting; onClose: () => void; onDone: (done: Done, refusal?: Error) => void }

/** Does it, tells the page, and has everything asked again that it may have changed. */
function useAnswer<Given>({ onClose, onDone }: Answering, act: (given: Given) => Promise<Done>) {
  return useMutation({
    mutationFn: act,
    onSuccess: done => {
      onDone(done)
      onClose()
    },
    onError: error => {
      // Somebody else may have answered meanwhile: then the question goes, and what was said of it must not go with it.
      if (troubleOf(error).kind !== 'refused') return
      onDone('refused', error)
      onClose()
    },
    onSettled: () => void questions.invalidateQueries(),
  })
}

export function ConfirmIt(answering: Answering) {
  const t = useTranslations('approvals')
  const { question, onClose } = answering
  const answer = useAnswer(answering, async (): Promise<Done> => {
    const { state } = await vidne.approvals.approve({ id: question.id })
    return state === 'done' ? 'confirmed' : 'waiting'
  })
  return (
    <Confirm
      title={t('confirmTitle')}
      act={t('confirm')}
      isOpen
      isPending={answer.isPending}
      onClose={onClose}
      onConfirm={() => answer.mutate(undefined)}
      consequence={
        <>
          <p>{t(`will.${question.kind}`)}</p>
          <p>{question.left > 1 ? t('notLast') : t('last')}</p>
          {answer.isError && <TroubleNotice error={answer.error} />}
        </>
      }
    />
  )
}

export function WithdrawIt(answering: Answering) {
  const t = useTranslations('approvals')
  const answer = useAnswer(answering, async (): Promise<Done> => {
    await vidne.approvals.withdraw({ id: answering.question.id })
    return 'withdrawn'
  })
  return (
    <Confirm
      title={t('withdrawTitle')}
      act={t('withdraw')}
      isOpen
      isPending={answer.isPending}
      onClose={answering.onClose}
      onConfirm={() => answer.mutate(undefined)}
      consequence={
        <>
          <p>{t('withdrawText')}</p>
          {answer.isError && <TroubleNotice error={answer.error} />}
        </>
      }
    />
  )
}

/** No, with a reason: whoever asked has to know what would have to be different. */
export function DeclineIt(answering: Answering) {
  const t = useTranslations('approvals')
  const { question, onClose } = answering
  const answer = useAnswer(answering, async (reason: string): Promise<Done> => {
    await vidne.approvals.decline({ id: question.id, reason })
    return 'declined'
  })
  return (
    <ReasonDialog
      title={t('declineTitle')}
      consequence={t(question.askedBy === 'installation' ? 'declineInstallation' : 'declineText')}
      label={t('why')}
      hint={t('whyHint')}
      act={t('decline')}
      isPending={answer.isPending}
      error={answer.error}
      onClose={onClose}
      onConfirm={answer.mutate}
    />
  )
}
