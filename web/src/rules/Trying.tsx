import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { DayField } from '../../design/DayField.tsx'
import { TextField } from '../../design/fields.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Panel } from '../../design/Page.tsx'
import { Table } from '../../design/Table.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'
import { useNow } from '../words/now.ts'
import { useLanguage } from '../words/words.tsx'
import { dayIn } from '../words/zoned.ts'
import type { Override } from './override.ts'

const DAY_MS = 86_400_000

/** What shall be different, and of whom; without a unit: of the agency. */
export type Drafted = { readonly override: Override; readonly unit?: string }

/** The difference in words, and which way each goes. */
export function Compare({ draft }: { draft: Drafted }) {
  const t = useTranslations('rules')
  const compare = useMutation({ mutationFn: () => vidne.policy.draft(draft) })
  return (
    <Panel title={t('draft.compare')}>
      <div>
        <Button isPending={compare.isPending} onPress={() => compare.mutate()}>
          {t('draft.compareAct')}
        </Button>
      </div>
      {compare.isError && <TroubleNotice error={compare.error} />}
      {compare.isSuccess && (
        <ul className="changes" aria-live="polite">
          {compare.data.changes.length === 0 && <li>{t('draft.none')}</li>}
          {compare.data.changes.map(({ path, text }) => (
            <li key={path + text}>{text}</li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

const VERDICTS = ['must', 'may', 'must-not', 'must-stop'] as const

/** What has been reported, decided again by the draft. */
export function Replay({ draft }: { draft: Drafted }) {
  const t = useTranslations('rules')
  const { zone } = useLanguage()
  const now = useNow()
  const [from, setFrom] = useState(() => dayIn(zone, now - 31 * DAY_MS))
  const [to, setTo] = useState(() => dayIn(zone, now + DAY_MS))
  const replay = useMutation({ mutationFn: () => vidne.policy.replay({ ...draft, from, to }) })
  const verdict = (code: string) => {
    const known = VERDICTS.find(one => one === code)
    return known === undefined ? code : t(`verdict.${known}`)
  }
  return (
    <Panel title={t('draft.replay')}>
      <div className="columns">
        <DayField label={t('draft.fromDay')} value={from} onChange={setFrom} />
        <DayField label={t('draft.toDay')} value={to} onChange={setTo} />
      </div>
      <div>
        <Button isPending={replay.isPending} isDisabled={from === '' || to === ''} onPress={() => replay.mutate()}>
          {t('draft.replayAct')}
        </Button>
      </div>
      {replay.isError && <TroubleNotice error={replay.error} />}
      {replay.isSuccess && (
        <div className="stack tight" aria-live="polite">
          <p>
            {t('draft.replayed', { count: replay.data.situations })}{' '}
            {replay.data.situations > 0 && t('draft.differ', { count: replay.data.changed.length })}
          </p>
          {replay.data.changed.length > 0 && (
            <Table
              caption={t('draft.replay')}
              rows={replay.data.changed.map((one, place) => ({ ...one, place }))}
              keyOf={one => String(one.place)}
              columns={[
                { id: 'at', name: t('draft.at'), cell: one => <When at={one.at} /> },
                { id: 'before', name: t('draft.before'), cell: one => verdict(one.before.verdict) },
                { id: 'after', name: t('draft.after'), cell: one => verdict(one.after.verdict) },
              ]}
            />
          )}
        </div>
      )}
    </Panel>
  )
}

/** Asks for it; a second person reads the difference and confirms. */
export function Publish({ draft }: { draft: Drafted }) {
  const t = useTranslations('rules')
  const [since, setSince] = useState('')
  const [reason, setReason] = useState('')
  const publish = useMutation({
    mutationFn: () => vidne.policy.publish({ ...draft, reason, ...(since === '' ? {} : { since }) }),
    onSuccess: () => questions.invalidateQueries({ queryKey: ['approvals'] }),
  })
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (reason.trim() !== '') publish.mutate()
  }
  if (publish.isSuccess)
    return (
      <Notice tone="wait" live>
        <p>
          {t('draft.asked')} <When at={publish.data.deadline} />. <code>{publish.data.digest}</code>
        </p>
      </Notice>
    )
  return (
    <Panel title={t('draft.publish')}>
      <form className="stack" onSubmit={send}>
        <p>{t('draft.publishText')}</p>
        <DayField label={t('draft.since')} value={since} onChange={setSince} />
        <TextField label={t('draft.reason')} value={reason} onChange={setReason} isRequired lines={2} />
        {publish.isError && <TroubleNotice error={publish.error} />}
        <div>
          <Button type="submit" weight="main" isPending={publish.isPending}>
            {t('draft.publishAct')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}
