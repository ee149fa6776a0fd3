import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Answer } from '../../design/Answer.tsx'
import { Button } from '../../design/Button.tsx'
import { TextField } from '../../design/fields.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Panel } from '../../design/Page.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import type { Row } from './told.tsx'

type Wish = { purpose: string; to: string; case?: string }
type State = Awaited<ReturnType<typeof vidne.exports.ask>>

/** The package for the police, as the last step of what is done when something happened. */
export function HandOver({ row }: { row: Row }) {
  const t = useTranslations('today')
  return (
    <Panel title={t('happened.hand')}>
      <HandingOver recording={row.id} />
    </Panel>
  )
}

/** A package for somebody. Where two persons have to agree it waits for the other, and goes on by itself when they have. */
export function HandingOver({ recording }: { recording: string }) {
  const [wish, setWish] = useState<Wish | null>(() => kept(recording))
  const send = (wanted: Wish) => {
    sessionStorage.setItem(KEPT + recording, JSON.stringify(wanted))
    setWish(wanted)
  }
  return wish === null ? <Asking onSend={send} /> : <Going recording={recording} wish={wish} />
}

/** Under which a wish is remembered in this tab, so that a reload asks the same and not a second time. */
const KEPT = 'vidne.hand-over.'

function kept(recording: string): Wish | null {
  const text = sessionStorage.getItem(KEPT + recording)
  if (text === null) return null
  const read: unknown = JSON.parse(text)
  if (typeof read !== 'object' || read === null || !('purpose' in read) || !('to' in read)) return null
  const number = 'case' in read && typeof read.case === 'string' ? { case: read.case } : {}
  return { purpose: String(read.purpose), to: String(read.to), ...number }
}

function Asking({ onSend }: { onSend: (wish: Wish) => void }) {
  const t = useTranslations('today')
  const [purpose, setPurpose] = useState('')
  const [to, setTo] = useState('')
  const [number, setNumber] = useState('')
  const [tried, setTried] = useState(false)
  const missing = (text: string) => (tried && text.trim().length < 3 ? t('reasonHint') : undefined)
  const send = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (purpose.trim().length < 3 || to.trim().length < 3) return
    onSend({ purpose, to, ...(number.trim() === '' ? {} : { case: number }) })
  }
  return (
    <form className="stack" onSubmit={send} noValidate>
      <TextField
        label={t('happened.purpose')}
        value={purpose}
        onChange={setPurpose}
        isRequired
        error={missing(purpose)}
      />
      <TextField
        label={t('happened.recipient')}
        hint={t('happened.recipientHint')}
        value={to}
        onChange={setTo}
        isRequired
        error={missing(to)}
      />
      <TextField label={t('happened.caseNumber')} value={number} onChange={setNumber} />
      <div>
        <Button type="submit" weight="main">
          {t('happened.handAct')}
        </Button>
      </div>
    </form>
  )
}

/** The same asked again finds the same question, or the package: asking is how one looks. */
function Going({ recording, wish }: { recording: string; wish: Wish }) {
  const state = useQuery({
    queryKey: ['hand-over', recording, wish],
    queryFn: () => vidne.exports.ask({ id: recording, wait: false, ...wish }),
    // The package is made once; only what still waits is looked at again.
    refetchInterval: query => (query.state.data?.state === 'waiting' ? 5_000 : false),
    refetchOnWindowFocus: query => query.state.data?.state === 'waiting',
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  })
  return <Answer of={state}>{at => <At state={at} again={() => void state.refetch()} />}</Answer>
}

function At({ state, again }: { state: State; again: () => void }) {
  const t = useTranslations('today')
  switch (state.state) {
    case 'waiting':
      return (
        <Notice tone="wait" live>
          <p>
            {t('happened.waiting')} <When at={state.deadline} />.
          </p>
          <div>
            <Button onPress={again}>{t('happened.again')}</Button>
          </div>
        </Notice>
      )
    case 'sealing':
      return <Sealing id={state.export} until={state.until} />
    case 'ready':
      return <Ready download={state.download} />
  }
}

function Sealing({ id, until }: { id: string; until: string }) {
  const t = useTranslations('today')
  const found = useQuery({
    queryKey: ['hand-over', id],
    queryFn: () => vidne.exports.find({ id }),
    refetchInterval: query => (query.state.data?.state === 'ready' ? false : 2_000),
  })
  if (found.data?.state === 'ready') return <Ready download={found.data.download} />
  return (
    <Notice tone="wait" live>
      <p>
        {t('happened.sealing')} <When at={until} />.
      </p>
    </Notice>
  )
}

function Ready({ download }: { download: string }) {
  const t = useTranslations('today')
  return (
    <Notice tone="good" live>
      <p>{t('happened.ready')}</p>
      <p>
        <a className="button main" href={download} download>
          {t('happened.download')}
        </a>
      </p>
    </Notice>
  )
}
