import { useMutation } from '@tanstack/react-query'
import type { SharedContent } from '@vidne/contract/links'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { useSize } from '../../design/Download.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Facts, Panel } from '../../design/Page.tsx'
import { When } from '../../design/When.tsx'
import { useMe } from '../shell/me.ts'
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
  const view = useMutation({
    mutationFn: () => askShared('views', { link: content.link, recording: one.recording }),
  })
  if (one.plays === 'no') return <Notice tone="info">{t('cannotPlay')}</Notice>
  if (view.isSuccess) return <Playing src={view.data.media} content={content} one={one} />
  return (
    <div className="stack tight">
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

/** Who looks stands on the picture with the time, so that what is filmed off the screen says whose screen it was. */
function Playing({ src, content, one }: { src: string; content: SharedContent; one: One }) {
  const t = useTranslations('link')
  const words = t('footage', { reference: one.reference })
  // oxlint-disable-next-line jsx-a11y/media-has-caption -- a transcript is the agency's own work
  if (one.plays === 'audio') return <audio controls src={src} aria-label={words} />
  return (
    <div className="watched">
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption -- footage has none; a transcript is not ours to give away */}
      <video
        controls
        playsInline
        disablePictureInPicture
        controlsList="nodownload nofullscreen noremoteplayback"
        src={src}
        aria-label={words}
      />
      <Mark recipient={content.recipient} />
    </div>
  )
}

/** The time is the installation's, to the minute: the reader's own clock may say anything. */
function Mark({ recipient }: { recipient: string }) {
  const now = useMe().data?.installation.now ?? null
  return (
    <span className="watermark" aria-hidden="true">
      {recipient} {now !== null && <When at={now} />}
    </span>
  )
}
