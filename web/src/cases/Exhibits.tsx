import { Link } from '@tanstack/react-router'
import type { Exhibit, WholeCase } from '@vidne/contract/cases'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Badge } from '../../design/Notice.tsx'
import { Empty, Panel } from '../../design/Page.tsx'
import { ReasonDialog } from '../../design/ReasonDialog.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { placeText } from '../recording/work/place.ts'
import { AddExhibit } from './AddExhibit.tsx'
import type { AddedToCase } from './adding.ts'
import { useDoing } from './doing.ts'
import { JustAdded } from './JustAdded.tsx'
import './cases.css'

/** The exhibits by number, each with its footage as far as the reader may know of it. */
export function Exhibits({ found }: { found: WholeCase }) {
  const t = useTranslations('cases')
  const [adding, setAdding] = useState(false)
  const [outcome, setOutcome] = useState<AddedToCase | null>(null)
  const mayWrite = found.may.write && found.state === 'open'
  const add = mayWrite && (
    <Button
      onPress={() => {
        setOutcome(null)
        setAdding(true)
      }}
    >
      {t('exhibit.add')}
    </Button>
  )
  const labels = found.exhibits.length > 0 && (
    <Link to="/cases/$id/labels" params={{ id: found.id }}>
      {t('labels.link')}
    </Link>
  )
  return (
    <Panel
      title={t('exhibits')}
      actions={
        <>
          {labels}
          {add}
        </>
      }
    >
      {outcome !== null && <JustAdded id={found.id} outcome={outcome} />}
      {found.exhibits.length === 0 ? (
        <Empty title={t('exhibit.none')}>{t('exhibit.noneText')}</Empty>
      ) : (
        <ol className="exhibits">
          {found.exhibits.map(one => (
            <One key={one.id} id={found.id} one={one} mayWrite={mayWrite} />
          ))}
        </ol>
      )}
      {adding && <AddExhibit found={found} onClose={() => setAdding(false)} onAdded={setOutcome} />}
    </Panel>
  )
}

function One({ id, one, mayWrite }: { id: string; one: Exhibit; mayWrite: boolean }) {
  const t = useTranslations('cases')
  const [asks, setAsks] = useState(false)
  const remove = useDoing(id, async (reason: string) => {
    await vidne.cases.removeExhibit({ id, exhibit: one.id, reason })
    setAsks(false)
  })
  const { reference } = one
  return (
    <li className="exhibit">
      <span className="exhibit-number numbers" aria-hidden="true">
        {one.number}
      </span>
      <div className="stack tight">
        <h3>{reference}</h3>
        {one.title !== '' && <p>{one.title}</p>}
        {one.from !== null && <Stretch from={one.from} until={one.until} />}
        <Footage footage={one.footage} />
      </div>
      {mayWrite && (
        <Button weight="quiet" onPress={() => setAsks(true)}>
          {t('exhibit.remove')} <span className="unseen">{reference}</span>
        </Button>
      )}
      <ReasonDialog
        title={t('exhibit.removeTitle', { reference })}
        consequence={t('exhibit.removeText')}
        act={t('exhibit.remove')}
        label={t('reason')}
        hint={t('reasonHint')}
        isOpen={asks}
        danger
        isPending={remove.isPending}
        error={remove.error}
        onClose={() => setAsks(false)}
        onConfirm={reason => remove.mutate(reason)}
      />
    </li>
  )
}

function Stretch({ from, until }: { from: number; until: number | null }) {
  const t = useTranslations('cases')
  const words =
    until === null
      ? t('exhibit.toEnd', { from: placeText(from) })
      : t('exhibit.stretch', { from: placeText(from), until: placeText(until) })
  return <p className="quiet numbers">{words}</p>
}

function Footage({ footage }: { footage: Exhibit['footage'] }) {
  const t = useTranslations('cases')
  if (footage.state === 'not-on-your-list') return <Badge tone="none">{t('exhibit.notYours')}</Badge>
  if (footage.state === 'deleted') {
    return (
      <p className="row">
        <Badge tone="stop">{t('exhibit.deleted')}</Badge>
        <When at={footage.at} as="day" />
      </p>
    )
  }
  return (
    <div className="stack tight">
      <p className="row">
        <a href={`/recordings/${footage.recording}`}>
          {t('exhibit.recorded')} <When at={footage.recordedAt ?? footage.receivedAt} />
        </a>
        <Link to="/recordings/$id/work" params={{ id: footage.recording }}>
          {t('exhibit.work')}
        </Link>
        {footage.wearer !== null && <span>{footage.wearer}</span>}
        {footage.camera !== null && <span className="quiet">{footage.camera}</span>}
      </p>
      {footage.held ? (
        <p>
          <Badge tone="good">{t('exhibit.held')}</Badge>
        </p>
      ) : (
        footage.deleteAfter !== null && (
          <p className="row">
            <Badge tone="wait">
              {t('exhibit.goes')} <When at={footage.deleteAfter} as="shortDay" />
            </Badge>
            <span className="small">{t('exhibit.notHeld')}</span>
          </p>
        )
      )}
    </div>
  )
}
