import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Confirm, Dialog } from '../../design/Dialog.tsx'
import { TextField } from '../../design/fields.tsx'
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
  const s = useTranslations('shell')
  const { question, onClose } = answering
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const answer = useAnswer(answering, async (): Promise<Done> => {
    await vidne.approvals.decline({ id: question.id, reason })
    return 'declined'
  })
  const tooShort = reason.trim().length < 3
  const send = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (!tooShort) answer.mutate(undefined)
  }
  return (
    <Dialog title={t('declineTitle')} isOpen onClose={onClose}>
      <form className="stack" onSubmit={send} noValidate>
        <p>{t(question.askedBy === 'installation' ? 'declineInstallation' : 'declineText')}</p>
        <TextField
          label={t('why')}
          lines={3}
          value={reason}
          onChange={setReason}
          autoFocus
          isRequired
          error={tried && tooShort ? t('whyHint') : undefined}
          hint={t('whyHint')}
        />
        {answer.isError && <TroubleNotice error={answer.error} />}
        <div className="row">
          <Button type="submit" weight="main" isPending={answer.isPending}>
            {t('decline')}
          </Button>
          <Button weight="quiet" onPress={onClose}>
            {s('cancel')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
