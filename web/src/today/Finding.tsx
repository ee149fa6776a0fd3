import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import { Answer } from '../../design/Answer.tsx'
import { Button } from '../../design/Button.tsx'
import { DayField } from '../../design/DayField.tsx'
import { Choices, Select, TextField } from '../../design/fields.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Empty, Panel } from '../../design/Page.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'
import { useNow } from '../words/now.ts'
import { useLanguage } from '../words/words.tsx'
import { localIn, momentIn } from '../words/zoned.ts'
import { type Row, useLeft } from './told.tsx'

const HOUR_MS = 3_600_000
const ANY = 'any'

/** When and which camera, then which of the recordings that there are. */
export function FindIt({ chosen, onChoose }: { chosen: Row | null; onChoose: (row: Row) => void }) {
  const t = useTranslations('today')
  const { zone } = useLanguage()
  const now = useNow()
  const [from, setFrom] = useState(() => localIn(zone, now - 24 * HOUR_MS))
  const [until, setUntil] = useState(() => localIn(zone, now + HOUR_MS))
  const [camera, setCamera] = useState(ANY)
  const cameras = useQuery({ queryKey: ['happened', 'cameras'], queryFn: () => vidne.listing.counts({}) })
  const known = (cameras.data?.cameras ?? []).map(({ value }) => ({ id: value, name: value }))
  const span = { from: momentIn(zone, from), until: momentIn(zone, until) }
  return (
    <>
      <Panel title={t('happened.when')}>
        <div className="columns">
          <DayField withTime label={t('happened.from')} value={from} onChange={setFrom} />
          <DayField withTime label={t('happened.until')} value={until} onChange={setUntil} />
          <Select
            label={t('camera')}
            choices={[{ id: ANY, name: t('happened.any') }, ...known]}
            value={camera}
            onChange={setCamera}
          />
        </div>
      </Panel>
      {span.from !== null && span.until !== null && (
        <Found from={span.from} until={span.until} camera={camera} chosen={chosen} onChoose={onChoose} />
      )}
    </>
  )
}

type Asked = { from: string; until: string; camera: string; chosen: Row | null; onChoose: (row: Row) => void }

function Found({ from, until, camera, chosen, onChoose }: Asked) {
  const t = useTranslations('today')
  const format = useFormatter()
  const left = useLeft()
  const found = useQuery({
    queryKey: ['happened', from, until, camera],
    queryFn: () =>
      vidne.recordings.list({
        from,
        until,
        state: 'present',
        sort: 'recorded',
        limit: 50,
        ...(camera === ANY ? {} : { camera }),
      }),
  })
  return (
    <Panel title={t('happened.choose')}>
      <Answer of={found}>
        {({ recordings }) =>
          recordings.length === 0 ? (
            <Empty title={t('happened.none')}>{t('happened.noneText')}</Empty>
          ) : (
            <Choices
              label={t('due.items')}
              value={chosen?.id ?? null}
              onChange={id => {
                const row = recordings.find(one => one.id === id)
                if (row !== undefined) onChoose(row)
              }}
              choices={recordings.map(row => ({
                id: row.id,
                name: `${format.dateTime(new Date(row.recordedAt ?? row.receivedAt), 'moment')} · ${row.camera ?? t('unknown')}`,
                hint: left(row),
              }))}
            />
          )
        }
      </Answer>
    </Panel>
  )
}

/** A hold at once: what is to be handed over must not go while a second person is asked. */
export function KeepIt({ row }: { row: Row }) {
  const t = useTranslations('today')
  const [what, setWhat] = useState('')
  const [tried, setTried] = useState(false)
  const keep = useMutation({
    mutationFn: () => vidne.recordings.hold({ id: row.id, reason: what, kind: 'preservation' }),
    onSuccess: () => void questions.invalidateQueries({ queryKey: ['happened'] }),
  })
  const tooShort = what.trim().length < 3
  const send = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (!tooShort) keep.mutate()
  }
  return (
    <Panel title={t('happened.keep')}>
      {keep.isSuccess ? (
        <Notice tone="good" live>
          {t('happened.keptNow')}
        </Notice>
      ) : (
        <form className="stack" onSubmit={send} noValidate>
          <p>{t('happened.keepText')}</p>
          <TextField
            label={t('happened.what')}
            hint={t('happened.whatHint')}
            lines={2}
            value={what}
            onChange={setWhat}
            isRequired
            error={tried && tooShort ? t('reasonHint') : undefined}
          />
          {keep.isError && <TroubleNotice error={keep.error} />}
          <div>
            <Button type="submit" weight="main" isPending={keep.isPending}>
              {t('happened.keepAct')}
            </Button>
          </div>
        </form>
      )}
    </Panel>
  )
}
