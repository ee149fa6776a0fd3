import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { type ReactNode, lazy, Suspense, useMemo, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Badge, Notice, type Tone } from '../../design/Notice.tsx'
import { Page, Panel } from '../../design/Page.tsx'
import { Tabs } from '../../design/Tabs.tsx'
import { Loading, TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { useMe } from '../shell/me.ts'
import { withWords } from '../shell/page.tsx'
import { AboutFile, Going } from './AboutFile.tsx'
import { Chain } from './Chain.tsx'
import type { Hand } from './Player.tsx'
import { marksOf, partOf, type Selected } from './lane.ts'
import { findQuestion, type Found, workQuestion } from './questions.ts'
import { setInstallationClock, useLooking } from './view.ts'
import { Viewers } from './Viewers.tsx'
import { Watch } from './Watch.tsx'
import { WhoMaySee } from './WhoMaySee.tsx'
import './recording.css'

/** One recording: the footage, what is known of it, who may see it, who has, and what happened to it. */
export const RecordingPage = withWords(['recording'], OnePage)

function OnePage() {
  const { recording } = useParams({ from: '/recordings/$recording' })
  const found = useSuspenseQuery(findQuestion(recording))
  const t = useTranslations('recording')
  const me = useMe()
  setInstallationClock(me.data?.installation.now ?? null, me.dataUpdatedAt)
  return (
    <Page title={titleOf(found.data) ?? t('untitled')} lead={<Lead found={found.data} />} wide>
      {found.isError && <TroubleNotice error={found.error} retry={() => void found.refetch()} />}
      <Parts key={recording} found={found.data} />
    </Page>
  )
}

/** The file's own name, which is what people know it by. */
function titleOf({ recording }: Found): string | null {
  return recording.path?.split('/').at(-1) ?? null
}

const TONES: Readonly<Record<Found['recording']['state'], Tone>> = {
  received: 'wait',
  sealed: 'info',
  countersigned: 'good',
  due: 'wait',
  erasing: 'stop',
  deleted: 'stop',
}

function Lead({ found: { recording } }: { found: Found }) {
  const t = useTranslations('recording')
  const { camera, wearer, recordedAt, receivedAt, state, held } = recording
  return (
    <span className="row lead-row">
      <Badge tone={TONES[state]}>{t(`state.${state}`)}</Badge>
      {held && <Badge tone="stop">{t('held')}</Badge>}
      <span>
        {recordedAt === null ? t('receivedAt') : t('recordedAt')} <When at={recordedAt ?? receivedAt} />
      </span>
      <span>{camera === null ? t('noCamera') : t('camera', { camera })}</span>
      <span>{wearer === null ? t('noWearer') : t('wearer', { wearer })}</span>
    </span>
  )
}

const NOTHING: Selected = { inMs: null, outMs: null }

function Parts({ found }: { found: Found }) {
  const { id, bytesLost } = found.recording
  const t = useTranslations('recording')
  const looking = useLooking(id)
  const work = useQuery(workQuestion(id)).data
  const [hand, setHand] = useState<Hand | null>(null)
  const [selected, select] = useState<Selected>(NOTHING)
  const marks = useMemo(() => marksOf(work?.entries ?? []), [work])
  return (
    <>
      {bytesLost && <Notice tone="stop" title={t('bytesLost')} />}
      <div className="recording-parts">
        <div className="stack">
          <Watch found={found} looking={looking} marks={marks} selected={selected} onSelect={select} onHand={setHand} />
          <Work recording={id} hand={hand} selected={selected} />
        </div>
        <aside className="recording-beside">
          <Going found={found} />
        </aside>
        <Sides recording={id} />
      </div>
    </>
  )
}

function Sides({ recording }: { recording: string }) {
  const t = useTranslations('recording')
  const side = (id: 'facts' | 'history' | 'seen' | 'access', content: ReactNode) => ({
    id,
    name: t(`tab.${id}`),
    content: <Side>{content}</Side>,
  })
  return (
    <Tabs
      label={t('about')}
      sides={[
        side('facts', <AboutFile recording={recording} />),
        side('history', <Chain recording={recording} />),
        side('seen', <Viewers recording={recording} />),
        side('access', <WhoMaySee recording={recording} />),
      ]}
    />
  )
}

function Side({ children }: { children: ReactNode }) {
  return (
    <Panel>
      <Suspense fallback={<Loading />}>{children}</Suspense>
    </Panel>
  )
}

/** What somebody marked by start and end, or by start alone. */
function markedIn(selected: Selected): { from: number; until: number | null } | null {
  const part = partOf(selected)
  if (part !== null) return { from: part.fromMs, until: part.untilMs }
  return selected.inMs === null ? null : { from: selected.inMs, until: null }
}

/** The work on a recording has a room of its own. */
const WorkPanel = lazy(async () => ({ default: (await import('./work/WorkPanel.tsx')).WorkPanel }))

function Work({ recording, hand, selected }: { recording: string; hand: Hand | null; selected: Selected }) {
  const part = useMemo(() => markedIn(selected), [selected])
  return (
    <Suspense fallback={<Loading />}>
      <WorkPanel recording={recording} at={hand?.nowMs ?? null} seek={hand?.seekMs ?? null} part={part} />
    </Suspense>
  )
}
