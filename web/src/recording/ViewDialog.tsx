import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Dialog } from '../../design/Dialog.tsx'
import { Checkbox, Choices, TextField } from '../../design/fields.tsx'
import { Notice } from '../../design/Notice.tsx'
import type { Purpose } from './questions.ts'
import { RefusalNotice } from './RefusalNotice.tsx'
import type { Wish } from './view.ts'

/** What somebody says before the first picture: what for, which case, and what else the policy wants. It enters the history. */
export function ViewDialog({
  purposes,
  isOpen,
  isPending,
  error,
  onAsk,
  onClose,
}: {
  purposes: readonly Purpose[]
  isOpen: boolean
  isPending: boolean
  error: unknown
  onAsk: (wish: Wish) => void
  onClose: () => void
}) {
  const t = useTranslations('recording')
  return (
    <Dialog title={t('view.title')} isOpen={isOpen} onClose={onClose}>
      <Form purposes={purposes} isPending={isPending} error={error} onAsk={onAsk} onClose={onClose} />
    </Dialog>
  )
}

type Said = { readonly case: string; readonly ownReport: boolean }

function Form({
  purposes,
  isPending,
  error,
  onAsk,
  onClose,
}: {
  purposes: readonly Purpose[]
  isPending: boolean
  error: unknown
  onAsk: (wish: Wish) => void
  onClose: () => void
}) {
  const t = useTranslations('recording')
  const only = purposes.length === 1 ? (purposes[0]?.purpose ?? null) : null
  const [chosen, choose] = useState<string | null>(only)
  const [said, say] = useState<Said>({ case: '', ownReport: false })
  const [tried, setTried] = useState(false)
  const purpose = purposes.find(one => one.purpose === chosen) ?? null
  const lacks = lacking(purpose, said)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (purpose === null || lacks.length > 0) return
    const number = said.case.trim()
    onAsk({
      purpose: purpose.purpose,
      ...(number === '' ? {} : { case: number }),
      ...(purpose.needsOwnReport ? { ownReport: said.ownReport } : {}),
    })
  }
  const fault = (what: Lack) => (tried && lacks.includes(what) ? t(`view.lacks.${what}`) : undefined)
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <p>{t('view.lead')}</p>
      <Choices
        label={t('view.purpose')}
        error={fault('purpose')}
        choices={purposes.map(({ purpose: id, words }) => ({ id, name: words }))}
        value={chosen}
        onChange={choose}
      />
      <TextField
        label={purpose?.needsCase === false ? t('view.caseMay') : t('view.case')}
        hint={t('view.caseHint')}
        error={fault('case')}
        isRequired={purpose?.needsCase ?? false}
        maxLength={200}
        value={said.case}
        onChange={number => say({ ...said, case: number })}
      />
      {purpose?.needsOwnReport === true && (
        <Checkbox isSelected={said.ownReport} onChange={ownReport => say({ ...said, ownReport })}>
          {t('view.ownReport')}
        </Checkbox>
      )}
      {fault('ownReport') !== undefined && <Notice tone="stop" live title={fault('ownReport') ?? ''} />}
      {purpose?.needsSecond === true && (
        <Notice tone="wait" title={t('view.secondTitle')}>
          <p>{t('view.second')}</p>
        </Notice>
      )}
      {error !== null && <RefusalNotice error={error} />}
      <div className="row">
        <Button type="submit" weight="main" isPending={isPending}>
          {purpose?.needsSecond === true ? t('view.askSecond') : t('view.look')}
        </Button>
        <Button weight="quiet" onPress={onClose}>
          {t('cancel')}
        </Button>
      </div>
    </form>
  )
}

type Lack = 'purpose' | 'case' | 'ownReport'

function lacking(purpose: Purpose | null, said: Said): Lack[] {
  if (purpose === null) return ['purpose']
  return [
    ...(purpose.needsCase && said.case.trim() === '' ? (['case'] as const) : []),
    ...(purpose.needsOwnReport && !said.ownReport ? (['ownReport'] as const) : []),
  ]
}
