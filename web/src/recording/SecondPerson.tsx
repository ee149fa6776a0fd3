import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Notice } from '../../design/Notice.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import type { Waiting } from './view.ts'

const LOOK_AGAIN_MS = 2000

/**
 * While a second person thinks, who answers on a device of their own. An answer opens nothing by itself: it would say of somebody who has
 * gone that they looked.
 */
export function SecondPerson({
  waiting,
  isPending,
  onLook,
  onLeave,
}: {
  waiting: Waiting
  isPending: boolean
  onLook: () => void
  onLeave: () => void
}) {
  const t = useTranslations('recording')
  const answered = useQuery({
    queryKey: ['approvals', 'answered'],
    queryFn: () => vidne.approvals.answered(),
    refetchInterval: LOOK_AGAIN_MS,
    staleTime: 0,
  })
  const answer = answered.data?.find(({ id }) => id === waiting.approval) ?? null
  const withdraw = useMutation({
    mutationFn: () => vidne.approvals.withdraw({ id: waiting.approval }),
    onSuccess: onLeave,
  })
  return (
    <div className="stack">
      {answer === null ? <Asked waiting={waiting} /> : <Answered answer={answer} />}
      {withdraw.isError && <TroubleNotice error={withdraw.error} />}
      <div className="row">
        {answer?.state === 'done' && (
          <Button weight="main" isPending={isPending} onPress={onLook}>
            {t('second.look')}
          </Button>
        )}
        {answer === null && (
          <Button isPending={withdraw.isPending} onPress={() => withdraw.mutate()}>
            {t('second.withdraw')}
          </Button>
        )}
        <Button weight="quiet" onPress={onLeave}>
          {answer === null ? t('second.leave') : t('close')}
        </Button>
      </div>
    </div>
  )
}

function Asked({ waiting }: { waiting: Waiting }) {
  const t = useTranslations('recording')
  return (
    <Notice tone="wait" live title={t('second.waitingTitle')}>
      <p>{t('second.waiting')}</p>
      <p>
        {t('second.deadline')} <When at={waiting.deadline} />
      </p>
    </Notice>
  )
}

type Answer = Awaited<ReturnType<typeof vidne.approvals.answered>>[number]

function Answered({ answer }: { answer: Answer }) {
  const t = useTranslations('recording')
  const { state, by, reason, because } = answer
  if (state === 'done')
    return (
      <Notice tone="good" live title={t('second.agreedTitle')}>
        <p>{t('second.agreed', { by: by ?? '–' })}</p>
      </Notice>
    )
  return (
    <Notice tone="stop" live title={t('second.endedTitle')}>
      <p>{t(`second.ended.${state}`, { by: by ?? '–' })}</p>
      {reason !== null && <p>{reason}</p>}
      {because !== null && <p>{because}</p>}
    </Notice>
  )
}
