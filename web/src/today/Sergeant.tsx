import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-aria-components'
import { useTranslations } from 'use-intl'
import { Answer } from '../../design/Answer.tsx'
import { Button } from '../../design/Button.tsx'
import { Empty, Panel } from '../../design/Page.tsx'
import { ReasonDialog } from '../../design/ReasonDialog.tsx'
import { Table } from '../../design/Table.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'
import { useNow } from '../words/now.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/** How many questions wait for this person, and until when. */
export function ApprovalsPart() {
  const t = useTranslations('today')
  const waiting = useQuery({
    queryKey: ['approvals', 'waiting'],
    queryFn: () => vidne.approvals.list(),
    refetchInterval: 15_000,
  })
  return (
    <Panel title={t('approvals.title')} actions={<Link href="/approvals">{t('approvals.go')}</Link>}>
      <Answer of={waiting}>
        {all => {
          const mine = all.filter(({ you }) => you === 'may-confirm')
          const first = mine.map(({ deadline }) => deadline).toSorted()[0]
          return first === undefined ? (
            <p className="quiet">{t('approvals.none')}</p>
          ) : (
            <p>
              <strong>{t('approvals.waiting', { count: mine.length })}</strong> {t('approvals.first')}{' '}
              <When at={first} />.
            </p>
          )
        }}
      </Answer>
    </Panel>
  )
}

/** Who took part in an operation that is over, and of whom nothing has come in. */
export function CamerasPart() {
  const t = useTranslations('today')
  const now = useNow()
  // By the hour, so that the question stays the same one while the clock goes on.
  const until = Math.ceil(now / HOUR_MS) * HOUR_MS
  const found = useQuery({
    queryKey: ['today', 'operations', until],
    queryFn: () =>
      vidne.operations.list({
        from: new Date(until - 2 * DAY_MS).toISOString(),
        until: new Date(until).toISOString(),
      }),
  })
  return (
    <Panel title={t('cameras.title')}>
      <p className="quiet">{t('cameras.lead')}</p>
      <Answer of={found}>
        {operations => {
          const out = operations
            .filter(one => Date.parse(one.until) <= now)
            .flatMap(({ id, title, task, until: ended, participants }) =>
              participants
                .filter(({ recording }) => recording === null)
                .map((one, place) => ({ ...one, key: `${id}-${place}`, title: title ?? task, ended })),
            )
          if (out.length === 0) return <Empty title={t('cameras.none')}>{t('cameras.noneText')}</Empty>
          return (
            <Table
              caption={t('cameras.title')}
              rows={out}
              keyOf={row => row.key}
              columns={[
                { id: 'camera', name: t('camera'), cell: row => row.camera ?? t('unknown') },
                { id: 'wearer', name: t('wearer'), cell: row => row.wearer ?? t('unknown') },
                { id: 'task', name: t('cameras.task'), cell: row => row.title },
                { id: 'until', name: t('cameras.until'), cell: row => <When at={row.ended} /> },
              ]}
            />
          )
        }}
      </Answer>
    </Panel>
  )
}

type Review = Awaited<ReturnType<typeof vidne.reviews.list>>[number]

/** Absences and departures from the rules, each to be looked at and closed with a reason. */
export function ReviewsPart() {
  const t = useTranslations('today')
  const found = useQuery({
    queryKey: ['today', 'reviews'],
    queryFn: () => vidne.reviews.list({ state: 'open', limit: 100 }),
  })
  return (
    <Panel title={t('reviews.title')}>
      <p className="quiet">{t('reviews.lead')}</p>
      <Answer of={found}>
        {open =>
          open.length === 0 ? (
            <Empty title={t('reviews.none')}>{t('reviews.noneText')}</Empty>
          ) : (
            <ul className="things">
              {open.map(one => (
                <ToLookAt key={one.id} one={one} />
              ))}
            </ul>
          )
        }
      </Answer>
    </Panel>
  )
}

function ToLookAt({ one }: { one: Review }) {
  const t = useTranslations('today')
  const [asking, setAsking] = useState(false)
  const close = useMutation({
    mutationFn: (reason: string) => vidne.reviews.close({ id: one.id, reason }),
    onSuccess: () => {
      setAsking(false)
      void questions.invalidateQueries({ queryKey: ['today'] })
    },
  })
  const who = [one.wearer, one.camera].filter(name => name !== null).join(' · ')
  return (
    <li className="thing">
      <div className="stack tight">
        <strong>{t(`kind.${one.kind}`)}</strong>
        <span>
          <When at={one.since} /> {who !== '' && `· ${who}`}
        </span>
        {one.reason !== null && <span>{t('reviews.said', { reason: one.reason })}</span>}
        {one.recording !== null && <Link href={`/recordings/${one.recording}`}>{t('open')}</Link>}
      </div>
      <Button onPress={() => setAsking(true)} aria-label={`${t('reviews.close')}: ${t(`kind.${one.kind}`)}, ${who}`}>
        {t('reviews.close')}
      </Button>
      {asking && (
        <ReasonDialog
          title={t('reviews.closeTitle')}
          consequence={t('reviews.closeText')}
          label={t('reason')}
          hint={t('reasonHint')}
          act={t('reviews.close')}
          isPending={close.isPending}
          error={close.error}
          onClose={() => setAsking(false)}
          onConfirm={close.mutate}
        />
      )}
    </li>
  )
}
