import { Link } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Empty, Page, Panel } from '../../design/Page.tsx'
import { may, usePerson } from '../shell/me.ts'
import { withWords } from '../shell/page.tsx'
import type { ChosenFile } from './choosing.ts'
import { Chooser } from './Chooser.tsx'
import { FileRows } from './FileRows.tsx'
import type { Provenance } from './kept.ts'
import { ProvenanceForm } from './ProvenanceForm.tsx'
import { queue, type Row, useQueue } from './queue.ts'
import { useBytes, useLeft, useProvenanceLine } from './told.tsx'
import './bring-in.css'

/** Files that no dock brings: where they come from first, then the files, then how far they are. */
function BringIn() {
  const t = useTranslations('bring-in')
  const person = usePerson()
  const { rows, leading, opened } = useQueue()
  useEffect(() => {
    queue.open(person.id)
  }, [person.id])
  const board = may(person, 'see-dock') && <Link to="/charging-room">{t('toBoard')}</Link>
  return (
    <Page title={t('title')} lead={t('lead')} actions={board}>
      {opened && !leading && (
        <Notice tone="wait" title={t('elsewhere.title')}>
          {t('elsewhere.text')}
        </Notice>
      )}
      {leading && <NewFiles />}
      <OnTheWay rows={rows} />
    </Page>
  )
}

function NewFiles() {
  const t = useTranslations('bring-in')
  const line = useProvenanceLine()
  const [provenance, setProvenance] = useState<Provenance | null>(null)
  const [changing, setChanging] = useState(true)
  const [chosen, setChosen] = useState<readonly ChosenFile[]>([])
  const [known, setKnown] = useState(0)
  const next = useRef<HTMLDivElement>(null)
  const said = (given: Provenance) => {
    // At once: whoever has pressed Tab meanwhile would be taken back by a focus that comes later.
    flushSync(() => {
      setProvenance(given)
      setChanging(false)
    })
    next.current?.focus()
  }
  const choose = (files: ChosenFile[]) => {
    setKnown(0)
    setChosen(before => [...before.filter(one => !files.some(({ path }) => path === one.path)), ...files])
  }
  const bringIn = async () => {
    if (provenance === null) return
    setChosen([])
    setKnown(await queue.add(chosen, provenance))
  }
  return (
    <>
      <Panel
        title={t('provenance.title')}
        {...(changing ? {} : { actions: <Button onPress={() => setChanging(true)}>{t('provenance.change')}</Button> })}
      >
        {changing || provenance === null ? (
          <ProvenanceForm said={provenance} onSaid={said} />
        ) : (
          <p>{line(provenance)}</p>
        )}
        <p className="quiet">{t('level')}</p>
      </Panel>
      {!changing && (
        <Panel title={t('choose.title')}>
          <div className="stack" ref={next} tabIndex={-1}>
            <Chooser onChoose={choose} />
            <Chosen chosen={chosen} setChosen={setChosen} bringIn={() => void bringIn()} />
            {known > 0 && <Notice tone="info" live title={t('choose.known', { count: known })} />}
          </div>
        </Panel>
      )}
    </>
  )
}

/** What was chosen, to be looked at once more: what is sealed can only be deleted by the rule for it. */
function Chosen({
  chosen,
  setChosen,
  bringIn,
}: {
  chosen: readonly ChosenFile[]
  setChosen: (chosen: readonly ChosenFile[]) => void
  bringIn: () => void
}) {
  const t = useTranslations('bring-in')
  const bytes = useBytes()
  if (chosen.length === 0) return null
  const all = chosen.reduce((sum, { file }) => sum + file.size, 0)
  return (
    <div className="stack">
      <ul className="bring-chosen">
        {chosen.map(one => (
          <li key={one.path} className="row apart">
            <span className="bring-path">{one.path}</span>
            <span className="row">
              <span className="quiet numbers">{bytes(one.file.size)}</span>
              <Button
                weight="quiet"
                aria-label={t('choose.leaveOutOf', { path: one.path })}
                onPress={() => setChosen(chosen.filter(other => other !== one))}
              >
                {t('choose.leaveOut')}
              </Button>
            </span>
          </li>
        ))}
      </ul>
      <p>{t('choose.consequence')}</p>
      <div>
        <Button weight="main" onPress={bringIn}>
          {t('choose.bringIn', { count: chosen.length, size: bytes(all) })}
        </Button>
      </div>
    </div>
  )
}

function OnTheWay({ rows }: { rows: readonly Row[] }) {
  const t = useTranslations('bring-in')
  const count = (is: Row['doing']['is']) => rows.filter(({ doing }) => doing.is === is).length
  const [done, asksFile, asksLeave] = [count('done'), count('asks-file'), count('asks-leave')]
  if (rows.length === 0) return <Empty title={t('none.title')}>{t('none.text')}</Empty>
  return (
    <Panel
      title={t('way.title')}
      {...(done === 0 ? {} : { actions: <Button onPress={() => void queue.clearDone()}>{t('way.clear')}</Button> })}
    >
      <output className="lead">{t('way.done', { done, count: rows.length })}</output>
      <Whole rows={rows} />
      {asksLeave > 0 && (
        <Notice tone="wait" title={t('again.leave', { count: asksLeave })}>
          <div>
            <Button weight="main" onPress={() => void queue.askLeave()}>
              {t('again.goOn')}
            </Button>
          </div>
        </Notice>
      )}
      {asksFile > 0 && <ShowAgain count={asksFile} />}
      <FileRows rows={rows} />
    </Panel>
  )
}

/** All that is on the way together. */
function Whole({ rows }: { rows: readonly Row[] }) {
  const t = useTranslations('bring-in')
  const [bytes, left] = [useBytes(), useLeft()]
  const going = rows.filter(({ doing }) => doing.is !== 'refused')
  const [all, sent] = (['bytes', 'sent'] as const).map(of => going.reduce((sum, { kept }) => sum + kept[of], 0))
  const rate = rows.reduce((sum, { doing }) => sum + (doing.is === 'sending' ? (doing.rate ?? 0) : 0), 0)
  if (all === undefined || sent === undefined || sent >= all) return null
  return (
    <p className="quiet numbers">
      {[
        t('far', { sent: bytes(sent), all: bytes(all) }),
        ...(rate === 0 ? [] : [t('rate', { rate: bytes(rate) }), left((all - sent) / rate)]),
      ].join(' · ')}
    </p>
  )
}

/** A browser that gives no way back to a file is shown the same one again; what had come of it is not sent twice. */
function ShowAgain({ count }: { count: number }) {
  const t = useTranslations('bring-in')
  const [missed, setMissed] = useState(false)
  const show = (files: ChosenFile[]) => setMissed(queue.showAgain(files) < files.length)
  return (
    <Notice tone="wait" title={t('again.files', { count })}>
      <p>{t('again.text')}</p>
      {missed && <p>{t('again.other')}</p>}
      <Chooser onChoose={show} />
    </Notice>
  )
}

export const BringInPage = withWords(['bring-in'], BringIn)
