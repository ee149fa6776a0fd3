import { useMutation, useQuery } from '@tanstack/react-query'
import type { WholeCase } from '@vidne/contract/cases'
import { type FormEvent, useState } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Download } from '../../design/Download.tsx'
import { TextField } from '../../design/fields.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Panel } from '../../design/Page.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { vidne } from '../connection/client.ts'

/** The whole case as one package: asked for with its purpose, waited for, fetched. */
export function CasePackage({ found: { id } }: { found: WholeCase }) {
  const t = useTranslations('cases')
  const [purpose, setPurpose] = useState('')
  const [to, setTo] = useState('')
  const ask = useMutation({
    mutationFn: () =>
      vidne.cases.package({ id, purpose: purpose.trim(), ...(to.trim() === '' ? {} : { to: to.trim() }) }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    ask.mutate()
  }
  return (
    <Panel title={t('package.title')}>
      <p>{t('package.lead')}</p>
      <form className="stack" onSubmit={submit}>
        <TextField label={t('package.purpose')} value={purpose} onChange={setPurpose} isRequired minLength={3} />
        <TextField label={t('package.to')} hint={t('package.toHint')} value={to} onChange={setTo} />
        <div>
          <Button type="submit" isPending={ask.isPending}>
            {t('package.make')}
          </Button>
        </div>
      </form>
      {ask.isSuccess && <HowFar asked={ask.data} />}
      {ask.isError && <TroubleNotice error={ask.error} />}
    </Panel>
  )
}

type Asked = Awaited<ReturnType<typeof vidne.cases.package>>

/** Waits for a second person, for the log, or to be fetched. */
function HowFar({ asked }: { asked: Asked }) {
  const t = useTranslations('cases')
  const format = useFormatter()
  const sealing = asked.state === 'sealing' ? asked.export : null
  const later = useQuery({
    queryKey: ['exports', sealing],
    queryFn: () => vidne.exports.find({ id: sealing ?? '' }),
    enabled: sealing !== null,
    refetchInterval: query => (query.state.data?.state === 'ready' ? false : 3000),
  })
  const ready = asked.state === 'ready' ? asked : later.data?.state === 'ready' ? later.data : null
  return (
    <>
      {asked.state === 'waiting' && (
        <Notice tone="wait" live>
          {t('package.waiting', {
            count: asked.approvals.length,
            when: format.dateTime(new Date(asked.deadline), 'moment'),
          })}
        </Notice>
      )}
      {sealing !== null && ready === null && (
        <Notice tone="info" live>
          {t('package.sealing')}
        </Notice>
      )}
      {ready !== null && (
        <Notice tone="good" live title={t('package.ready')}>
          <Download href={ready.download} bytes={ready.bytes} words={size => t('package.download', { size })} />
        </Notice>
      )}
      {later.isError && <TroubleNotice error={later.error} />}
    </>
  )
}
