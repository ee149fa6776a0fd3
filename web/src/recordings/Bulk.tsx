import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Dialog } from '../../design/Dialog.tsx'
import { Select, TextField } from '../../design/fields.tsx'
import { Notice } from '../../design/Notice.tsx'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'
import { troubleOf } from '../connection/trouble.ts'
import { doToMany, type Failed } from './many.ts'
import { policyQuestion } from './questions.ts'
import { useCategory } from './told.tsx'

type Act = { ids: readonly string[]; onClose: () => void }

/** Gives many recordings a category, one after the other: each is an event of its own, and each can be refused for its own reason. */
export function CategoriseMany({ ids, onClose }: Act) {
  const t = useTranslations('recordings')
  const named = useCategory()
  const rules = rulesIn(useQuery(policyQuestion).data?.policy)
  const [rule, setRule] = useState<string | null>(null)
  const [said, setSaid] = useState({ basis: '', case: '', offence: '' })
  const ready = rule !== null && said.basis.trim().length >= 3
  const act = (id: string) =>
    vidne.recordings.categorise({
      id,
      rule: rule ?? '',
      basis: said.basis.trim(),
      ...(said.case.trim() === '' ? {} : { case: said.case.trim() }),
      ...(said.offence.trim() === '' ? {} : { offence: said.offence.trim() }),
    })
  const field = (name: keyof typeof said, hint?: string) => (
    <TextField
      label={t(`bulk.${name}`)}
      value={said[name]}
      onChange={value => setSaid(before => ({ ...before, [name]: value }))}
      {...(hint === undefined ? {} : { hint })}
    />
  )
  return (
    <ActOnMany
      title={t('bulk.categoriseTitle', { count: ids.length })}
      text={t('bulk.categoriseText')}
      name={t('bulk.categoriseAct')}
      {...{ ids, onClose, ready, act }}
    >
      <Select
        label={t('bulk.rule')}
        isRequired
        isDisabled={rules.length === 0}
        value={rule}
        choices={rules.map(id => ({ id, name: named(id) }))}
        onChange={setRule}
      />
      {field('basis', t('bulk.three'))}
      {field('case', t('bulk.optional'))}
      {field('offence', t('bulk.optional'))}
    </ActOnMany>
  )
}

/** Places a hold on many recordings. */
export function HoldMany({ ids, onClose }: Act) {
  const t = useTranslations('recordings')
  const [reason, setReason] = useState('')
  const act = (id: string) => vidne.recordings.hold({ id, reason: reason.trim() })
  return (
    <ActOnMany
      title={t('bulk.holdTitle', { count: ids.length })}
      text={t('bulk.holdText')}
      name={t('bulk.holdAct')}
      ready={reason.trim().length >= 3}
      {...{ ids, onClose, act }}
    >
      <TextField label={t('bulk.reason')} hint={t('bulk.three')} lines={3} value={reason} onChange={setReason} />
    </ActOnMany>
  )
}

function ActOnMany({
  title,
  text,
  name,
  ready,
  ids,
  act,
  onClose,
  children,
}: Act & {
  title: string
  text: string
  name: string
  ready: boolean
  act: (id: string) => Promise<unknown>
  children: React.ReactNode
}) {
  const t = useTranslations('recordings')
  const [done, setDone] = useState(0)
  const run = useMutation({
    mutationFn: () => doToMany(ids, act, setDone),
    onSettled: () => questions.invalidateQueries({ queryKey: ['recordings'] }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (ready && run.isIdle) run.mutate()
  }
  return (
    <Dialog title={title} isOpen onClose={() => !run.isPending && onClose()}>
      {run.data === undefined ? (
        <form className="stack" onSubmit={submit}>
          <p>{text}</p>
          {children}
          {run.isPending && (
            <output>
              <progress value={done} max={ids.length} aria-label={title} />{' '}
              {t('bulk.progress', { done, count: ids.length })}
            </output>
          )}
          <div className="row">
            <Button type="submit" weight="main" isDisabled={!ready || run.isPending}>
              {name}
            </Button>
            <Cancel onPress={onClose} isDisabled={run.isPending} />
          </div>
        </form>
      ) : (
        <Outcome count={ids.length} failed={run.data} onClose={onClose} />
      )}
    </Dialog>
  )
}

function Cancel(props: { onPress: () => void; isDisabled: boolean }) {
  const t = useTranslations('shell')
  return (
    <Button weight="quiet" {...props}>
      {t('cancel')}
    </Button>
  )
}

/** What was done, and what was not and why, each reason once. */
function Outcome({ count, failed, onClose }: { count: number; failed: readonly Failed[]; onClose: () => void }) {
  const t = useTranslations('recordings')
  const shell = useTranslations('shell')
  const because = Map.groupBy(failed, ({ error }) => {
    const trouble = troubleOf(error)
    return trouble.kind === 'away' ? shell('trouble.away.next') : trouble.sentence
  })
  return (
    <div className="stack">
      {count > failed.length && (
        <Notice tone="good" live>
          {t('bulk.done', { count: count - failed.length })}
        </Notice>
      )}
      {[...because].map(([sentence, those]) => (
        <Notice key={sentence} tone="stop" live title={t('bulk.failed', { count: those.length })}>
          {sentence}
        </Notice>
      ))}
      <div>
        <Button weight="main" onPress={onClose}>
          {t('bulk.close')}
        </Button>
      </div>
    </div>
  )
}

/** The rules of a policy that footage can be put under. */
function rulesIn(policy: Record<string, unknown> | undefined): string[] {
  const retention = policy?.['retention']
  if (typeof retention !== 'object' || retention === null) return []
  return Object.entries(retention).flatMap(([rule, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && 'appliesTo' in value && value.appliesTo === 'footage' ? [rule] : [],
  )
}
