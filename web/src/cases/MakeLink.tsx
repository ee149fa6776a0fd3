import type { WholeCase } from '@vidne/contract/cases'
import { wordsFor } from '@vidne/policies/words'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Dialog } from '../../design/Dialog.tsx'
import { DayField } from '../../design/DayField.tsx'
import { Checkbox, Choices, Select, TextField } from '../../design/fields.tsx'
import { Notice } from '../../design/Notice.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { vidne } from '../connection/client.ts'
import { useLanguage } from '../words/words.tsx'
import { useDayFrom } from './days.ts'
import { useDoing } from './doing.ts'

type Props = { found: WholeCase; purposes: readonly string[]; onClose: () => void }
type Made = { address: string; state: 'open' | 'waiting' }

/** Makes a link, and shows its address this once. */
export function MakeLink(props: Props) {
  const t = useTranslations('cases')
  const [made, setMade] = useState<Made | null>(null)
  return (
    <Dialog title={made === null ? t('link.make') : t('link.made')} isOpen onClose={props.onClose}>
      {made === null ? <Wish {...props} onMade={setMade} /> : <Address made={made} onClose={props.onClose} />}
    </Dialog>
  )
}

function Wish({ found, purposes, onMade }: Props & { onMade: (made: Made) => void }) {
  const t = useTranslations('cases')
  const there = found.exhibits.filter(one => one.footage.state === 'there')
  const [recipient, setRecipient] = useState('')
  const [recipientRole, setRole] = useState<'prosecutor' | 'defence'>('prosecutor')
  const [purpose, setPurpose] = useState(purposes[0] ?? null)
  const [until, setUntil] = useState(useDayFrom(14))
  const [openings, setOpenings] = useState('3')
  const [chosen, setChosen] = useState<readonly string[]>(there.map(one => one.id))
  const make = useDoing(found.id, async () => {
    const wish = { recipient: recipient.trim(), recipientRole, purpose: purpose ?? '', until }
    onMade(await vidne.cases.makeLink({ id: found.id, ...wish, openings: Number(openings), exhibits: [...chosen] }))
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (chosen.length > 0 && purpose !== null) make.mutate()
  }
  return (
    <form className="stack" onSubmit={submit}>
      <TextField
        label={t('link.recipient')}
        hint={t('link.recipientHint')}
        value={recipient}
        onChange={setRecipient}
        isRequired
        minLength={2}
      />
      <Choices
        label={t('link.role')}
        choices={[
          { id: 'prosecutor' as const, name: t('roles.prosecutor') },
          { id: 'defence' as const, name: t('roles.defence') },
        ]}
        value={recipientRole}
        onChange={setRole}
      />
      <Purpose purposes={purposes} value={purpose} onChange={setPurpose} />
      <DayField label={t('link.until')} value={until} onChange={setUntil} isRequired />
      <TextField
        label={t('link.openings')}
        hint={t('link.openingsHint')}
        value={openings}
        onChange={setOpenings}
        isRequired
        inputMode="numeric"
        pattern="[1-9][0-9]?|100"
      />
      <Shown found={found} chosen={chosen} onChange={setChosen} />
      {make.isError && <TroubleNotice error={make.error} />}
      <div>
        <Button type="submit" weight="main" isPending={make.isPending} isDisabled={chosen.length === 0}>
          {t('link.make')}
        </Button>
      </div>
    </form>
  )
}

function Purpose({
  purposes,
  value,
  onChange,
}: {
  purposes: readonly string[]
  value: string | null
  onChange: (purpose: string) => void
}) {
  const t = useTranslations('cases')
  const { language } = useLanguage()
  return (
    <Select
      label={t('link.purpose')}
      choices={purposes.map(id => ({ id, name: wordsFor(language, 'purpose', id) ?? id }))}
      value={value}
      onChange={onChange}
      isRequired
    />
  )
}

function Shown({
  found,
  chosen,
  onChange,
}: {
  found: WholeCase
  chosen: readonly string[]
  onChange: (chosen: readonly string[]) => void
}) {
  const t = useTranslations('cases')
  const there = found.exhibits.filter(one => one.footage.state === 'there')
  const toggle = (id: string, on: boolean) => onChange(on ? [...chosen, id] : chosen.filter(one => one !== id))
  return (
    <fieldset className="stack tight">
      <legend>{t('link.what')}</legend>
      {there.map(one => (
        <Checkbox key={one.id} isSelected={chosen.includes(one.id)} onChange={on => toggle(one.id, on)}>
          {one.reference}
        </Checkbox>
      ))}
    </fieldset>
  )
}

function Address({ made, onClose }: { made: Made; onClose: () => void }) {
  const t = useTranslations('cases')
  const [copied, setCopied] = useState(false)
  const address = location.origin + made.address
  const copy = () => void navigator.clipboard.writeText(address).then(() => setCopied(true))
  return (
    <div className="stack">
      <Notice tone="wait">{t('link.once')}</Notice>
      {made.state === 'waiting' && <Notice tone="info">{t('link.waits')}</Notice>}
      <TextField label={t('link.address')} value={address} isReadOnly lines={3} />
      <div className="row">
        <Button onPress={copy}>{copied ? t('link.copied') : t('link.copy')}</Button>
        <Button weight="main" onPress={onClose}>
          {t('link.done')}
        </Button>
      </div>
    </div>
  )
}
