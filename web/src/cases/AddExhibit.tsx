import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Dialog } from '../../design/Dialog.tsx'
import { TextField } from '../../design/fields.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { vidne } from '../connection/client.ts'
import { parsePlace } from '../recording/work/place.ts'
import { useDoing } from './doing.ts'

const EMPTY = { recording: '', reference: '', title: '', from: '', until: '' }
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/

/** Makes a recording, or a stretch of it, an exhibit. Its number may be pasted by itself or within an address. */
export function AddExhibit({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useTranslations('cases')
  const [typed, setTyped] = useState(EMPTY)
  const type = (name: keyof typeof EMPTY) => (text: string) => setTyped({ ...typed, [name]: text })
  const odd = (text: string) => (text !== '' && parsePlace(text) === null ? { error: t('exhibit.oddPlace') } : {})
  const add = useDoing(id, async (recording: string) => {
    const [from, until] = [parsePlace(typed.from), parsePlace(typed.until)]
    await vidne.cases.addExhibit({
      id,
      recording,
      title: typed.title.trim(),
      ...(typed.reference.trim() === '' ? {} : { reference: typed.reference.trim() }),
      ...(from === null ? {} : { from }),
      ...(until === null ? {} : { until }),
    })
    onClose()
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate(UUID.exec(typed.recording.toLowerCase())?.[0] ?? typed.recording.trim())
  }
  return (
    <Dialog title={t('exhibit.add')} isOpen onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <TextField
          label={t('exhibit.recording')}
          hint={t('exhibit.recordingHint')}
          value={typed.recording}
          onChange={type('recording')}
          isRequired
        />
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
        {add.isError && <TroubleNotice error={add.error} />}
        <div>
          <Button type="submit" weight="main" isPending={add.isPending}>
            {t('exhibit.add')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
