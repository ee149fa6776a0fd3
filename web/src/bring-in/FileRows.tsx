import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Confirm } from '../../design/Dialog.tsx'
import { Badge, type Tone } from '../../design/Notice.tsx'
import { queue, type Row } from './queue.ts'
import { Receipt } from './Receipt.tsx'
import { useBytes, useLeft } from './told.tsx'

/** Each file on its way: how far, how fast, how long still, and what to do where it cannot go on by itself. */
export function FileRows({ rows }: { rows: readonly Row[] }) {
  return (
    <ul className="bring-rows">
      {rows.map(row => (
        <FileRow key={row.kept.id} row={row} />
      ))}
    </ul>
  )
}

const TONES: Record<Row['doing']['is'], Tone | 'none'> = {
  waiting: 'none',
  sending: 'info',
  'held-up': 'wait',
  'asks-file': 'wait',
  'asks-leave': 'wait',
  sealing: 'info',
  done: 'good',
  refused: 'stop',
}

function FileRow({ row: { kept, doing } }: { row: Row }) {
  const t = useTranslations('bring-in')
  const bytes = useBytes()
  const [receipt, setReceipt] = useState(false)
  const open = doing.is !== 'done' && doing.is !== 'refused'
  return (
    <li className="bring-row" data-state={doing.is}>
      <div className="row apart">
        <strong className="bring-path">{kept.path}</strong>
        <Badge tone={TONES[doing.is]}>{t(`state.${doing.is}`)}</Badge>
      </div>
      {open && (
        <progress
          className="bring-progress"
          aria-label={t('progressOf', { path: kept.path })}
          max={Math.max(kept.bytes, 1)}
          value={doing.is === 'sealing' ? Math.max(kept.bytes, 1) : kept.sent}
        />
      )}
      <p className="quiet numbers">
        <Progress kept={kept} doing={doing} />
      </p>
      {doing.is === 'refused' && <p>{refusalWords(t, kept.refused)}</p>}
      <div className="row">
        {doing.is === 'done' && (
          <>
            <Button onPress={() => setReceipt(true)} aria-label={t('receipt.showOf', { path: kept.path })}>
              {t('receipt.show')}
            </Button>
            <Receipt kept={kept} isOpen={receipt} onClose={() => setReceipt(false)} />
          </>
        )}
        <Remove row={{ kept, doing }} />
        {doing.is === 'done' && <span className="quiet">{bytes(kept.bytes)}</span>}
      </div>
    </li>
  )
}

function Progress({ kept, doing }: Row) {
  const t = useTranslations('bring-in')
  const bytes = useBytes()
  const left = useLeft()
  const far = t('far', { sent: bytes(kept.sent), all: bytes(kept.bytes) })
  switch (doing.is) {
    case 'sending': {
      const { rate } = doing
      if (rate === null) return far
      return [far, t('rate', { rate: bytes(rate) }), left((kept.bytes - kept.sent) / rate)].join(' · ')
    }
    case 'held-up':
      return `${far} · ${t(`held.${doing.because}`)}`
    case 'asks-file':
      return `${far} · ${t('asksFile')}`
    case 'asks-leave':
      return `${far} · ${t('asksLeave')}`
    case 'sealing':
      return t('sealing')
    case 'done':
      return t('sealed')
    case 'waiting':
    case 'refused':
      return far
  }
}

const KNOWN = [
  'not-allowed',
  'too-long',
  'digest-mismatch',
  'deleted-here',
  'too-many-parts',
  'storage-damaged',
  'provenance-incomplete',
  'file-changed',
] as const

function refusalWords(t: ReturnType<typeof useTranslations<'bring-in'>>, code: string | null): string {
  const known = KNOWN.find(one => one === code)
  return known === undefined ? t('refused.other', { code: code ?? '–' }) : t(`refused.${known}`)
}

/** What is sealed is only taken from this list; what is on its way is stopped, and what had come of it removed. */
function Remove({ row: { kept, doing } }: { row: Row }) {
  const t = useTranslations('bring-in')
  const [asked, setAsked] = useState(false)
  const [pending, setPending] = useState(false)
  const over = doing.is === 'done' || doing.is === 'refused'
  if (doing.is === 'sealing') return null
  const remove = async () => {
    setPending(true)
    await queue.remove(kept.id)
    setPending(false)
    setAsked(false)
  }
  return (
    <>
      <Button
        weight="quiet"
        aria-label={t(over ? 'remove.fromListOf' : 'remove.stopOf', { path: kept.path })}
        onPress={() => (over ? void remove() : setAsked(true))}
      >
        {t(over ? 'remove.fromList' : 'remove.stop')}
      </Button>
      <Confirm
        title={t('remove.title')}
        consequence={t('remove.consequence', { path: kept.path })}
        act={t('remove.act')}
        danger
        isOpen={asked}
        isPending={pending}
        onClose={() => setAsked(false)}
        onConfirm={() => void remove()}
      />
    </>
  )
}
