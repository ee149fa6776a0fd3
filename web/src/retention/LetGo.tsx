import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { DayField } from '../../design/DayField.tsx'
import { Confirm } from '../../design/Dialog.tsx'
import { Checkbox, Select, TextField } from '../../design/fields.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Panel } from '../../design/Page.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'
import { useMe } from '../shell/me.ts'

export type Kept = Awaited<ReturnType<typeof vidne.records.list>>[number]
export const KINDS = ['balancing_record', 'camera_register'] as const

const NOTHING = { authority: '', date: '', reference: '' }

/**
 * Lets records go whose minimum is over, under a documented decision: who decided, when, under which reference. The decision is noted
 * first and once; records that could not be deleted then are tried again under the same.
 */
export function LetGo({ records }: { records: readonly Kept[] }) {
  const t = useTranslations('retention')
  const now = Date.parse(useMe().data?.installation.now ?? '')
  const [kind, setKind] = useState<Kept['kind']>('balancing_record')
  const [said, setSaid] = useState(NOTHING)
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set())
  const [asks, setAsks] = useState(false)
  const over = records.filter(one => one.kind === kind && one.deletedAt === null && isOver(one, now))
  const going = over.filter(one => chosen.has(one.record))
  const go = useLettingGo()
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (going.length > 0 && Object.values(said).every(text => text.trim() !== '')) setAsks(true)
  }
  const confirm = () =>
    go.mutate({ kind, said, records: going.map(one => one.record) }, { onSettled: () => setAsks(false) })
  const toggle = (record: string) => {
    const next = new Set(chosen)
    if (!next.delete(record)) next.add(record)
    choose(next)
  }
  return (
    <Panel title={t('letGo.title')}>
      <form className="stack" onSubmit={send}>
        <p className="quiet">{t('letGo.lead')}</p>
        <Select
          label={t('records.kind')}
          choices={KINDS.map(id => ({ id, name: t(`records.kinds.${id}`) }))}
          value={kind}
          onChange={setKind}
        />
        <Decision said={said} onSay={setSaid} />
        <Which over={over} chosen={chosen} onToggle={toggle} />
        {go.isSuccess && <Notice tone="good" live title={t('letGo.done', { count: go.data })} />}
        {go.isError && <TroubleNotice error={go.error} />}
        <div>
          <Button type="submit" weight="danger" isDisabled={going.length === 0} isPending={go.isPending}>
            {t('letGo.act', { count: going.length })}
          </Button>
        </div>
      </form>
      <Confirm
        title={t('letGo.act', { count: going.length })}
        consequence={t('letGo.consequence', { references: going.map(one => one.ref).join(', ') })}
        act={t('letGo.act', { count: going.length })}
        danger
        isOpen={asks}
        isPending={go.isPending}
        onClose={() => setAsks(false)}
        onConfirm={confirm}
      />
    </Panel>
  )
}

function Which({
  over,
  chosen,
  onToggle,
}: {
  over: readonly Kept[]
  chosen: ReadonlySet<string>
  onToggle: (record: string) => void
}) {
  const t = useTranslations('retention')
  return (
    <fieldset className="stack tight plain">
      <legend>{t('letGo.which')}</legend>
      {over.length === 0 && <p className="quiet">{t('letGo.none')}</p>}
      {over.map(one => (
        <Checkbox key={one.record} isSelected={chosen.has(one.record)} onChange={() => onToggle(one.record)}>
          {one.ref} · {one.about} · {t('records.until')} <When at={one.keptUntil ?? one.enteredAt} as="shortDay" />
        </Checkbox>
      ))}
    </fieldset>
  )
}

function isOver({ keptUntil }: Kept, now: number): boolean {
  return keptUntil !== null && Date.parse(keptUntil) <= now
}

type Said = typeof NOTHING

function Decision({ said, onSay }: { said: Said; onSay: (said: Said) => void }) {
  const t = useTranslations('retention')
  const say = (name: keyof Said) => (text: string) => onSay({ ...said, [name]: text })
  return (
    <>
      <TextField label={t('letGo.authority')} value={said.authority} onChange={say('authority')} isRequired />
      <DayField label={t('letGo.date')} value={said.date} onChange={say('date')} isRequired />
      <TextField
        label={t('letGo.reference')}
        hint={t('letGo.referenceHint')}
        value={said.reference}
        onChange={say('reference')}
        isRequired
      />
    </>
  )
}

type Wish = { kind: Kept['kind']; said: Said; records: readonly string[] }

/** Gives how many went. A decision that is noted stays noted: the same words are not noted again. */
function useLettingGo() {
  const [noted, setNoted] = useState<{ words: string; disposal: string } | null>(null)
  return useMutation({
    mutationFn: async ({ kind, said, records }: Wish) => {
      const words = JSON.stringify([kind, said])
      const { disposal } =
        noted?.words === words
          ? noted
          : await vidne.records.decideDisposal({
              kind,
              authority: said.authority.trim(),
              date: said.date,
              reference: said.reference.trim(),
            })
      setNoted({ words, disposal })
      for (const id of records) await vidne.records.delete({ id, disposal })
      return records.length
    },
    onSettled: () => questions.invalidateQueries({ queryKey: ['retention', 'records'] }),
  })
}
