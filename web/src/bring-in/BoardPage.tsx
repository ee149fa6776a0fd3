import { useQuery } from '@tanstack/react-query'
import type { BoardCamera } from '@vidne/contract/dock'
import { useRef } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Empty, Page } from '../../design/Page.tsx'
import { Loading, TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { withWords } from '../shell/page.tsx'
import './board.css'

const EVERY_MS = 5_000

/** On the wall of the charging room, to be read from three metres: which cameras come in, which are done and since when, which failed and why. */
function Board() {
  const t = useTranslations('bring-in')
  const place = useRef<HTMLDivElement>(null)
  const asked = useQuery({
    queryKey: ['dock', 'board'],
    queryFn: () => vidne.dock.board(),
    refetchInterval: EVERY_MS,
    // It hangs on a wall: nobody comes back to its window.
    refetchIntervalInBackground: true,
  })
  const { data, error, isPending } = asked
  return (
    <Page
      title={t('board.title')}
      lead={t('board.lead')}
      wide
      actions={<Button onPress={() => void place.current?.requestFullscreen()}>{t('board.full')}</Button>}
    >
      <div className="board" ref={place}>
        {error !== null && data === undefined && <TroubleNotice error={error} retry={() => void asked.refetch()} />}
        {error !== null && data !== undefined && (
          <Notice tone="stop" live title={t('board.old')}>
            <p className="board-state">
              {t('board.asOf')} <When at={data.at} as="exactClock" />
            </p>
          </Notice>
        )}
        {isPending && <Loading />}
        {data?.cameras.length === 0 && <Empty title={t('board.none')}>{t('board.noneText')}</Empty>}
        {data !== undefined && data.cameras.length > 0 && (
          <>
            <Counts cameras={data.cameras} />
            <ul className="board-cameras">
              {data.cameras.map(camera => (
                <Camera key={camera.camera ?? ''} camera={camera} />
              ))}
            </ul>
            <p className="quiet">
              {t('board.asOf')} <When at={data.at} as="exactClock" />
            </p>
          </>
        )}
      </div>
    </Page>
  )
}

function Counts({ cameras }: { cameras: readonly BoardCamera[] }) {
  const t = useTranslations('bring-in')
  const count = (state: BoardCamera['state']) => cameras.filter(camera => camera.state === state).length
  return (
    <output className="board-counts">
      {(['failed', 'docking', 'done'] as const).map(state => (
        <span key={state}>{t(`board.count.${state}`, { count: count(state) })}</span>
      ))}
    </output>
  )
}

const MARKS = { docking: '↑', done: '✓', failed: '▲' } as const

function Camera({ camera: { camera, state, movedAt, files, bytes, failures } }: { camera: BoardCamera }) {
  const t = useTranslations('bring-in')
  const percent = bytes.all === 0 ? 0 : Math.floor((bytes.arrived / bytes.all) * 100)
  return (
    <li className="board-camera" data-state={state}>
      <h2 className="board-name">{camera ?? t('board.unknown')}</h2>
      <p className="board-state">
        <span aria-hidden="true">{MARKS[state]} </span>
        {state === 'docking' && (files.open === 0 ? t('board.more') : t('board.docking', { percent }))}
        {state === 'done' && (
          <>
            {t('board.done')} <When at={movedAt} as="clock" />
          </>
        )}
        {state === 'failed' && (
          <>
            {t('board.failed')} <When at={movedAt} as="clock" />
          </>
        )}
      </p>
      {state === 'docking' && files.open > 0 && (
        <progress
          className="bring-progress"
          max={100}
          value={percent}
          aria-label={t('progressOf', { path: camera ?? t('board.unknown') })}
        />
      )}
      <p className="board-more">{t('board.files', { done: files.done, open: files.open })}</p>
      {failures.map(({ file, sentence }) => (
        <p key={file} className="board-why">
          <strong>{file}</strong> {sentence}
        </p>
      ))}
    </li>
  )
}

export const BoardPage = withWords(['bring-in'], Board)
