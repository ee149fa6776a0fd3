import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Dialog } from '../../design/Dialog.tsx'
import { Checkbox, Choices, TextField } from '../../design/fields.tsx'
import { Notice } from '../../design/Notice.tsx'
import type { Purpose } from './questions.ts'
import { RefusalNotice } from './RefusalNotice.tsx'
import type { Wish } from './view.ts'

type Asking = {
  purposes: readonly Purpose[]
  isPending: boolean
  error: unknown
  onAsk: (wish: Wish) => void
  onClose: () => void
}

/** What somebody says before the first picture: what for, which case, and what else the policy wants. It enters the history. */
export function ViewDialog({ isOpen, ...asking }: Asking & { isOpen: boolean }) {
  const t = useTranslations('recording')
  return (
    <Dialog title={t('view.title')} isOpen={isOpen} onClose={asking.onClose}>
      <Form {...asking} />
    </Dialog>
  )
}

type Said = { readonly case: string; readonly ownReport: boolean }

function Form({ purposes, isPending, error, onAsk, onClose }: Asking) {
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
    if (purpose !== null && lacks.length === 0) onAsk(wishOf(purpose, said))
  }
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <p>{t('view.lead')}</p>
      <Choices
        label={t('view.purpose')}
        error={tried && lacks.includes('purpose') ? t('view.lacks.purpose') : undefined}
        choices={purposes.map(({ purpose: id, words }) => ({ id, name: words }))}
        value={chosen}
        onChange={choose}
      />
      <Needs purpose={purpose} said={said} say={say} lacks={tried ? lacks : []} />
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

/** What the policy wants to hear for this purpose. */
function Needs({
  purpose,
  said,
  say,
  lacks,
}: {
  purpose: Purpose | null
  said: Said
  say: (said: Said) => void
  lacks: readonly Lack[]
}) {
  const t = useTranslations('recording')
  const { needsCase, needsOwnReport, needsSecond } = purpose ?? NOTHING_YET
  return (
    <>
      <TextField
        label={needsCase ? t('view.case') : t('view.caseMay')}
        hint={t('view.caseHint')}
        error={lacks.includes('case') ? t('view.lacks.case') : undefined}
        isRequired={needsCase}
        maxLength={200}
        value={said.case}
        onChange={number => say({ ...said, case: number })}
      />
      {needsOwnReport && (
        <Checkbox isSelected={said.ownReport} onChange={ownReport => say({ ...said, ownReport })}>
          {t('view.ownReport')}
        </Checkbox>
      )}
      {lacks.includes('ownReport') && <Notice tone="stop" live title={t('view.lacks.ownReport')} />}
      {needsSecond && (
        <Notice tone="wait" title={t('view.secondTitle')}>
          <p>{t('view.second')}</p>
        </Notice>
      )}
    </>
  )
}

const NOTHING_YET = { needsCase: true, needsOwnReport: false, needsSecond: false }

type Lack = 'purpose' | 'case' | 'ownReport'

function lacking(purpose: Purpose | null, said: Said): Lack[] {
  if (purpose === null) return ['purpose']
  return [
    ...(purpose.needsCase && said.case.trim() === '' ? (['case'] as const) : []),
    ...(purpose.needsOwnReport && !said.ownReport ? (['ownReport'] as const) : []),
  ]
}

function wishOf({ purpose, needsOwnReport }: Purpose, said: Said): Wish {
  const number = said.case.trim()
  return {
    purpose,
    ...(number === '' ? {} : { case: number }),
    ...(needsOwnReport ? { ownReport: said.ownReport } : {}),
  }
}
