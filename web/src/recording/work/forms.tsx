import type { WorkContent } from '@vidne/contract/work'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../../design/Button.tsx'
import { Select, TextField } from '../../../design/fields.tsx'
import type { FormProps } from './EntryFlow.tsx'
import { usePicture } from './picture.ts'
import { PlaceField } from './PlaceField.tsx'
import { parsePlace, placeText } from './place.ts'
import { signs } from './Sign.tsx'

export type Of<Kind extends WorkContent['kind']> = Extract<WorkContent, { kind: Kind }>

/** The frame of each form: what was typed, to be saved or left. */
export function EntryForm({
  children,
  isPending,
  onSubmit,
  onCancel,
}: {
  children: ReactNode
  isPending: boolean
  onSubmit: () => void
  onCancel: () => void
}) {
  const t = useTranslations('work')
  const form = useRef<HTMLFormElement>(null)
  // Who asked for the form wants to type in it; where they asked is gone.
  useEffect(() => form.current?.querySelector<HTMLElement>('input, textarea')?.focus(), [])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSubmit()
  }
  return (
    <form ref={form} className="entry-form" onSubmit={submit}>
      {children}
      <div className="row">
        <Button type="submit" weight="main" isPending={isPending}>
          {t('save')}
        </Button>
        <Button weight="quiet" onPress={onCancel}>
          {t('cancel')}
        </Button>
      </div>
    </form>
  )
}

export function NoteForm({ value, onSave, ...rest }: FormProps<Of<'note'>>) {
  const t = useTranslations('work')
  const [words, setWords] = useState(value?.words ?? '')
  const submit = () => words.trim() !== '' && onSave({ kind: 'note', words: words.trim() })
  return (
    <EntryForm {...rest} onSubmit={submit}>
      <TextField label={t('note.words')} lines={4} value={words} onChange={setWords} isRequired />
    </EntryForm>
  )
}

/** A stretch as it is typed; null while it is none. A new one begins as what is marked in the player, else where its picture stands. */
function useStretch(written: { from: number; until: number | null } | null) {
  const { at, part } = usePicture()
  const value = written ?? part ?? (at === null ? null : { from: at(), until: null })
  const [from, setFrom] = useState(value === null ? '' : placeText(value.from))
  const [until, setUntil] = useState(value === null || value.until === null ? '' : placeText(value.until))
  const begins = parsePlace(from)
  const ends = until === '' ? null : parsePlace(until)
  const stretch = begins === null || (until !== '' && ends === null) ? null : { from: begins, until: ends }
  return { from, setFrom, until, setUntil, stretch }
}

function Stretch({ from, setFrom, until, setUntil }: ReturnType<typeof useStretch>) {
  const t = useTranslations('work')
  return (
    <>
      <PlaceField label={t('from')} value={from} onChange={setFrom} />
      <PlaceField label={t('until')} hint={t('untilHint')} value={until} onChange={setUntil} optional />
    </>
  )
}

export function MarkerForm({ value, onSave, ...rest }: FormProps<Of<'marker'>>) {
  const t = useTranslations('work')
  const stretch = useStretch(value)
  const [sign, setSign] = useState(value?.sign ?? 'red-triangle')
  const [words, setWords] = useState(value?.words ?? '')
  const submit = () =>
    stretch.stretch !== null && onSave({ kind: 'marker', ...stretch.stretch, sign, words: words.trim() })
  return (
    <EntryForm {...rest} onSubmit={submit}>
      <Stretch {...stretch} />
      <Select
        label={t('marker.sign')}
        choices={signs.map(id => ({ id, name: t(`signs.${id}`) }))}
        value={sign}
        onChange={setSign}
      />
      <TextField label={t('marker.words')} value={words} onChange={setWords} />
    </EntryForm>
  )
}

export function LineForm({ value, onSave, ...rest }: FormProps<Of<'line'>>) {
  const t = useTranslations('work')
  const stretch = useStretch(value)
  const [speaker, setSpeaker] = useState(value?.speaker ?? '')
  const [words, setWords] = useState(value?.words ?? '')
  const submit = () => {
    if (stretch.stretch === null || words.trim() === '') return
    onSave({ kind: 'line', ...stretch.stretch, speaker: speaker.trim(), words: words.trim() })
  }
  return (
    <EntryForm {...rest} onSubmit={submit}>
      <Stretch {...stretch} />
      <TextField label={t('line.speaker')} value={speaker} onChange={setSpeaker} />
      <TextField label={t('line.words')} lines={2} value={words} onChange={setWords} isRequired />
    </EntryForm>
  )
}

export function IncidentForm({ value, onSave, ...rest }: FormProps<Of<'incident'>>) {
  const t = useTranslations('work')
  const [reference, setReference] = useState(value?.reference ?? '')
  const [words, setWords] = useState(value?.words ?? '')
  const submit = () =>
    reference.trim() !== '' && onSave({ kind: 'incident', reference: reference.trim(), words: words.trim() })
  return (
    <EntryForm {...rest} onSubmit={submit}>
      <TextField label={t('incident.reference')} value={reference} onChange={setReference} isRequired />
      <TextField label={t('incident.words')} value={words} onChange={setWords} />
    </EntryForm>
  )
}
