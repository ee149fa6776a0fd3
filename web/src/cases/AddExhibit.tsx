import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { WholeCase } from '@vidne/contract/cases'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Dialog } from '../../design/Dialog.tsx'
import { TextField } from '../../design/fields.tsx'
import { parsePlace } from '../recording/work/place.ts'
import { type AddedToCase, type Naming, addToCase } from './adding.ts'
import { type Found, FindRecordings } from './FindRecordings.tsx'

const EMPTY = { reference: '', title: '', from: '', until: '' }
type Typed = typeof EMPTY

/** Makes recordings that somebody finds exhibits: several at once by their numbers, or one with its name and a stretch of it. */
export function AddExhibit({
  found,
  onClose,
  onAdded,
}: {
  found: WholeCase
  onClose: () => void
  onAdded: (outcome: AddedToCase) => void
}) {
  const t = useTranslations('cases')
  const [chosen, choose] = useState<ReadonlyMap<string, Found>>(new Map())
  const [typed, setTyped] = useState(EMPTY)
  const [done, setDone] = useState(0)
  const cases = useQueryClient()
  const inOrder = [...chosen.values()].toSorted((a, b) => timeOf(a) - timeOf(b)).map(one => one.id)
  const add = useMutation({
    mutationFn: (): Promise<AddedToCase> => addToCase(found.id, inOrder, namingOf(inOrder, typed), setDone),
    onSuccess: outcome => {
      onAdded(outcome)
      onClose()
    },
    onSettled: () => cases.invalidateQueries({ queryKey: ['cases', found.id] }),
  })
  const close = () => !add.isPending && onClose()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (inOrder.length > 0 && add.isIdle) add.mutate()
  }
  return (
    <Dialog title={t('picker.title')} isOpen onClose={close} wide>
      <div className="stack">
        <FindRecordings exhibits={found.exhibits} chosen={chosen} onChoose={choose} />
        <form className="stack" onSubmit={submit}>
          {chosen.size === 1 && <OneOnly typed={typed} onType={setTyped} />}
          {chosen.size > 1 && <p className="quiet">{t('picker.order')}</p>}
          {add.isPending && (
            <output>
              <progress value={done} max={inOrder.length} aria-label={t('picker.title')} />
            </output>
          )}
          <div>
            <Button type="submit" weight="main" isPending={add.isPending} isDisabled={chosen.size === 0}>
              {t('picker.add', { count: chosen.size })}
            </Button>
          </div>
        </form>
      </div>
    </Dialog>
  )
}

function timeOf({ recordedAt, receivedAt }: Found): number {
  return Date.parse(recordedAt ?? receivedAt)
}

/** What was typed is about one recording; of several it is nobody's. */
function namingOf(ids: readonly string[], typed: Typed): Naming {
  if (ids.length !== 1) return {}
  const [from, until] = [parsePlace(typed.from), parsePlace(typed.until)]
  return {
    title: typed.title.trim(),
    ...(typed.reference.trim() === '' ? {} : { reference: typed.reference.trim() }),
    ...(from === null ? {} : { from }),
    ...(until === null ? {} : { until }),
  }
}

function OneOnly({ typed, onType }: { typed: Typed; onType: (typed: Typed) => void }) {
  const t = useTranslations('cases')
  const type = (name: keyof Typed) => (text: string) => onType({ ...typed, [name]: text })
  const odd = (text: string) => (text !== '' && parsePlace(text) === null ? { error: t('exhibit.oddPlace') } : {})
  return (
    <>
      <TextField
        label={t('exhibit.reference')}
        hint={t('exhibit.referenceHint')}
        value={typed.reference}
        onChange={type('reference')}
      />
      <TextField label={t('exhibit.title')} value={typed.title} onChange={type('title')} />
      <TextField
        label={t('exhibit.from')}
        hint={t('exhibit.stretchHint')}
        value={typed.from}
        onChange={type('from')}
        {...odd(typed.from)}
      />
      <TextField label={t('exhibit.until')} value={typed.until} onChange={type('until')} {...odd(typed.until)} />
    </>
  )
}
