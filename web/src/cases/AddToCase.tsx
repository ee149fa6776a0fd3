import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useDeferredValue, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Dialog } from '../../design/Dialog.tsx'
import { Choices, TextField } from '../../design/fields.tsx'
import { Notice } from '../../design/Notice.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'
import { Words } from '../words/words.tsx'
import { addToCase } from './adding.ts'
import { JustAdded } from './JustAdded.tsx'

/** More than so many at once is no choice of exhibits but a copy of the list. */
const MOST = 200
const SHOWN = 10

type Props = { ids: readonly string[]; onClose: () => void }

/** Makes the recordings that were chosen in the list exhibits of a case, the first of them first. */
export function AddToCase(props: Props) {
  return (
    <Words rooms={['cases']}>
      <InItsWords {...props} />
    </Words>
  )
}

function InItsWords({ ids, onClose }: Props) {
  const t = useTranslations('cases')
  const [id, setId] = useState<string | null>(null)
  const [done, setDone] = useState(0)
  const add = useMutation({
    mutationFn: (of: string) => addToCase(of, ids, {}, setDone),
    onSettled: () => questions.invalidateQueries({ queryKey: ['cases'] }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (id !== null && add.isIdle) add.mutate(id)
  }
  return (
    <Dialog title={t('toCase.title', { count: ids.length })} isOpen onClose={() => !add.isPending && onClose()}>
      {add.data !== undefined && id !== null ? (
        <div className="stack">
          <JustAdded id={id} outcome={add.data} />
          <div className="row">
            <Link className="button main" to="/cases/$id" params={{ id }}>
              {t('toCase.open')}
            </Link>
            <Button onPress={onClose}>{t('picker.close')}</Button>
          </div>
        </div>
      ) : ids.length > MOST ? (
        <Notice tone="stop">{t('toCase.tooMany', { count: MOST })}</Notice>
      ) : (
        <form className="stack" onSubmit={submit}>
          <p>{t('picker.order')}</p>
          <WhichCase id={id} onChoose={setId} />
          {add.isPending && <progress value={done} max={ids.length} aria-label={t('picker.title')} />}
          <div>
            <Button type="submit" weight="main" isPending={add.isPending} isDisabled={id === null}>
              {t('picker.add', { count: ids.length })}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  )
}

/** Cases that are open, those changed last first; narrowed by number or title. */
function WhichCase({ id, onChoose }: { id: string | null; onChoose: (id: string) => void }) {
  const t = useTranslations('cases')
  const [typed, setTyped] = useState('')
  const text = useDeferredValue(typed.trim())
  const found = useQuery({
    queryKey: ['cases', 'choice', text],
    queryFn: () => vidne.cases.list({ state: 'open', limit: SHOWN, ...(text === '' ? {} : { text }) }),
    placeholderData: keepPreviousData,
  })
  const choices = (found.data?.cases ?? []).map(one => ({ id: one.id, name: one.number, hint: one.title }))
  return (
    <>
      <TextField label={t('find')} value={typed} onChange={setTyped} type="search" />
      {found.isError && <TroubleNotice error={found.error} retry={() => void found.refetch()} />}
      {found.isSuccess && choices.length === 0 ? (
        <p className="quiet">{t('none.found')}</p>
      ) : (
        <Choices label={t('toCase.which')} choices={choices} value={id} onChange={onChoose} />
      )}
    </>
  )
}
