import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { SharedContent } from '@vidne/contract/links'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { useSize } from '../../design/Download.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Facts, Panel } from '../../design/Page.tsx'
import { When } from '../../design/When.tsx'
import type { LaneMark, Selected } from '../recording/lane.ts'
import { Player } from '../recording/Player.tsx'
import { type OpenView, useEnd } from '../recording/view.ts'
import { askShared } from './asking.ts'
import { PackageOf } from './PackageOf.tsx'
import './shared.css'

type One = SharedContent['exhibits'][number]

/** One recording of a link: its footage once somebody asks to look, its history, its package. */
export function SharedRecording({ content, one }: { content: SharedContent; one: One }) {
  const t = useTranslations('link')
  const size = useSize()
  return (
    <Panel title={one.reference}>
      <Footage content={content} one={one} />
      <Facts
        facts={[
          ...(one.recordedAt === null ? [] : [{ name: t('recorded'), value: <When at={one.recordedAt} as="exact" /> }]),
          { name: t('received'), value: <When at={one.receivedAt} as="exact" /> },
          { name: t('size'), value: size(one.bytes) },
          { name: t('digest'), value: <code>{one.sha256}</code> },
        ]}
      />
      <PackageOf link={content.link} recording={one.recording} words={t('package.one', { reference: one.reference })} />
      <details>
        <summary>{t('history')}</summary>
        <p className="quiet">{t('historyLead')}</p>
        <ol className="told">
          {one.history.map((event, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- a history only grows at its end
            <li key={at}>
              <h3>{event.title}</h3>
              {event.sentences.map(sentence => (
                <p key={sentence}>{sentence}</p>
              ))}
              {event.lines.length > 0 && (
                <ul>
                  {event.lines.map(line => (
                    <li key={line}>{line}</li>
                  ))}
                </ul>
              )}
            </li>
          ))}
        </ol>
      </details>
    </Panel>
  )
}

function Footage({ content, one }: { content: SharedContent; one: One }) {
  const t = useTranslations('link')
  const [ended, setEnded] = useState(false)
  const view = useMutation({
    mutationFn: () => askShared('views', { link: content.link, recording: one.recording }),
    onMutate: () => setEnded(false),
  })
  const open = view.data ?? null
  useEnd(open, () => {
    setEnded(true)
    view.reset()
  })
  if (open !== null)
    return <Playing view={{ ...open, view: open.media, purpose: content.purpose }} {...{ content, one }} />
  return (
    <div className="stack tight">
      {ended && <Notice tone="info" live title={t('playEnded')} />}
      <p className="quiet">{t('playHint')}</p>
      <div>
        <Button weight="main" isPending={view.isPending} onPress={() => view.mutate()}>
          {t('play')}
        </Button>
      </div>
      {view.isError && (
        <Notice tone="stop" live title={t('refused')}>
          {view.error.message === '' ? t('away') : view.error.message}
        </Notice>
      )}
    </div>
  )
}

/**
 * The player of the desk. Who looks stands on the picture with the installation's time, so that what is filmed off the screen says
 * whose screen it was.
 */
function Playing({ view, content, one }: { view: OpenView; content: SharedContent; one: One }) {
  const t = useTranslations('link')
  const [selected, select] = useState<Selected>(NOTHING)
  const questions = useQueryClient()
  // A link that was revoked shows nothing any more: that is told then, and not that the browser cannot.
  const onCannot = () => void questions.invalidateQueries({ queryKey: ['shared', content.link] })
  return (
    <Player
      view={view}
      who={content.recipient}
      playing={one.playing}
      takesFocus
      marks={NO_MARKS}
      selected={selected}
      onSelect={select}
      onHand={noHand}
      onCannot={onCannot}
      words={{ picture: t('footage', { reference: one.reference }), cannot: t('cannotPlay') }}
    />
  )
}

const NOTHING: Selected = { inMs: null, outMs: null }
const NO_MARKS: readonly LaneMark[] = []
const noHand = () => undefined
