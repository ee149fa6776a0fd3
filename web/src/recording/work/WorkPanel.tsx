import { Link } from '@tanstack/react-router'
import { Suspense, useMemo } from 'react'
import { useTranslations } from 'use-intl'
import { Panel } from '../../../design/Page.tsx'
import { Tabs } from '../../../design/Tabs.tsx'
import { Loading, TroubleNotice } from '../../../design/TroubleNotice.tsx'
import { may, usePerson } from '../../shell/me.ts'
import { HandingOver } from '../../today/HandOver.tsx'
import { Words } from '../../words/words.tsx'
import { EntryFlow } from './EntryFlow.tsx'
import { IncidentForm, LineForm, MarkerForm, NoteForm } from './forms.tsx'
import { Incidents } from './Incidents.tsx'
import { Keeping } from './Keeping.tsx'
import { type Picture, PictureContext } from './picture.ts'
import { IncidentShown, LineShown, MarkerShown, NoteShown } from './shown.tsx'
import { type Work, entriesOf, useWork, useWriting } from './useWork.ts'

/**
 * What people do with a recording: notes, markers, a transcript, incidents, category and hold. Brings its own words. `at` and `seek`:
 * the player beside it, in milliseconds of the footage; without one, places are typed.
 */
export function WorkPanel({
  recording,
  at = null,
  seek = null,
  part = null,
}: { recording: string } & Partial<Picture>) {
  const picture = useMemo(() => ({ at, seek, part }), [at, seek, part])
  return (
    <Suspense fallback={<Loading />}>
      <Words rooms={['work']}>
        <PictureContext value={picture}>
          <Whole recording={recording} />
        </PictureContext>
      </Words>
    </Suspense>
  )
}

function Whole({ recording }: { recording: string }) {
  const t = useTranslations('work')
  const person = usePerson()
  const work = useWork(recording)
  if (work.isPending) return <Loading />
  if (work.isError) return <TroubleNotice error={work.error} retry={() => void work.refetch()} />
  const { data } = work
  const shared = { recording, work: data }
  return (
    <Panel title={t('panel')}>
      {data.cases.length > 0 && (
        <p className="row">
          <span className="quiet">{t('cases')}</span>
          {data.cases.map(one => (
            <Link key={`${one.id}-${one.exhibit}`} to="/cases/$id" params={{ id: one.id }}>
              {one.number} / {one.exhibit}
            </Link>
          ))}
        </p>
      )}
      {!data.mayWrite && <p className="quiet">{t('readOnly')}</p>}
      <Tabs
        label={t('title')}
        sides={[
          { id: 'notes', name: t('sides.notes'), content: <Notes {...shared} /> },
          { id: 'markers', name: t('sides.markers'), content: <Markers {...shared} /> },
          { id: 'lines', name: t('sides.lines'), content: <Transcript {...shared} /> },
          { id: 'incidents', name: t('sides.incidents'), content: <IncidentSide {...shared} /> },
          { id: 'keeping', name: t('sides.keeping'), content: <Keeping recording={recording} /> },
          ...(may(person, 'export')
            ? [{ id: 'handing', name: t('sides.handing'), content: <Handing {...shared} /> }]
            : []),
        ]}
      />
    </Panel>
  )
}

/** What is given away of one recording; a case is given away as a whole. The words are those of *Something happened*, which ends in it. */
function Handing({ recording }: Side) {
  return (
    <Suspense fallback={<Loading />}>
      <Words rooms={['today']}>
        <HandingOver recording={recording} />
      </Words>
    </Suspense>
  )
}

type Side = { recording: string; work: Work }

function Notes({ recording, work }: Side) {
  const t = useTranslations('work')
  return (
    <EntryFlow
      {...useWriting(recording, 'note')}
      entries={entriesOf(work, 'note')}
      mayWrite={work.mayWrite}
      add={t('note.add')}
      none={t('note.none')}
      Form={NoteForm}
      Shown={NoteShown}
    />
  )
}

/** In the order of the footage, whoever wrote when. */
const inOrder = (one: { content: { from: number } }, other: { content: { from: number } }) =>
  one.content.from - other.content.from

function Markers({ recording, work }: Side) {
  const t = useTranslations('work')
  return (
    <EntryFlow
      {...useWriting(recording, 'marker')}
      entries={entriesOf(work, 'marker').toSorted(inOrder)}
      mayWrite={work.mayWrite}
      add={t('marker.add')}
      none={t('marker.none')}
      Form={MarkerForm}
      Shown={MarkerShown}
    />
  )
}

function Transcript({ recording, work }: Side) {
  const t = useTranslations('work')
  return (
    <EntryFlow
      {...useWriting(recording, 'line')}
      entries={entriesOf(work, 'line').toSorted(inOrder)}
      mayWrite={work.mayWrite}
      add={t('line.add')}
      none={t('line.none')}
      Form={LineForm}
      Shown={LineShown}
    />
  )
}

function IncidentSide({ recording, work }: Side) {
  const t = useTranslations('work')
  return (
    <div className="stack">
      <EntryFlow
        {...useWriting(recording, 'incident')}
        entries={entriesOf(work, 'incident')}
        mayWrite={work.mayWrite}
        add={t('incident.add')}
        none={t('incident.none')}
        Form={IncidentForm}
        Shown={IncidentShown}
      />
      <Incidents recording={recording} />
    </div>
  )
}
