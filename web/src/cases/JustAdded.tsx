import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Notice } from '../../design/Notice.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { questions } from '../connection/questions.ts'
import { troubleOf } from '../connection/trouble.ts'
import { type AddedToCase, takeOut } from './adding.ts'

/** What became exhibits and what did not, with the way back. */
export function JustAdded({ id, outcome: { added, failed } }: { id: string; outcome: AddedToCase }) {
  const t = useTranslations('cases')
  const undo = useMutation({
    mutationFn: () => takeOut(id, added, t('picker.undoReason')),
    onSettled: () => questions.invalidateQueries({ queryKey: ['cases', id] }),
  })
  return (
    <div className="stack tight">
      {undo.isSuccess ? (
        <Notice tone="info" live title={t('picker.undone', { count: added.length })}>
          {t('picker.undoneText')}
        </Notice>
      ) : (
        added.length > 0 && (
          <Notice tone="good" live title={t('picker.added', { count: added.length })}>
            <p>{added.map(one => one.reference).join(', ')}</p>
            <div>
              <Button isPending={undo.isPending} onPress={() => undo.mutate()}>
                {t('picker.undo')}
              </Button>
            </div>
          </Notice>
        )
      )}
      {undo.isError && <TroubleNotice error={undo.error} />}
      <Refused failed={failed} />
    </div>
  )
}

/** Each reason once. */
function Refused({ failed }: Pick<AddedToCase, 'failed'>) {
  const t = useTranslations('cases')
  const shell = useTranslations('shell')
  const because = Map.groupBy(failed, ({ error }) => {
    const trouble = troubleOf(error)
    return trouble.kind === 'away' ? shell('trouble.away.next') : trouble.sentence
  })
  return [...because].map(([sentence, those]) => (
    <Notice key={sentence} tone="stop" live title={t('picker.failed', { count: those.length })}>
      {sentence}
    </Notice>
  ))
}
