import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-aria-components'
import { useTranslations } from 'use-intl'
import { Answer } from '../../design/Answer.tsx'
import { Button } from '../../design/Button.tsx'
import { Badge } from '../../design/Notice.tsx'
import { Empty, Panel } from '../../design/Page.tsx'
import { ReasonDialog } from '../../design/ReasonDialog.tsx'
import { Table } from '../../design/Table.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'
import { may, usePerson } from '../shell/me.ts'
import { useNames } from '../words/names.ts'
import { useNow } from '../words/now.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const WEEK = 7 * DAY_MS

type Hold = Awaited<ReturnType<typeof vidne.holds.list>>[number]

function useHolds() {
  return useQuery({ queryKey: ['today', 'holds'], queryFn: () => vidne.holds.list() })
}

const REQUESTS: readonly Hold['kind'][] = ['preservation', 'access', 'dispute']

/** What somebody outside has asked for, and until when it obliges. */
export function RequestsPart() {
  const t = useTranslations('today')
  return (
    <Panel title={t('requests.title')}>
      <p className="quiet">{t('requests.lead')}</p>
      <Answer of={useHolds()}>
        {holds => {
          const open = holds.filter(({ kind }) => REQUESTS.includes(kind))
          if (open.length === 0) return <Empty title={t('requests.none')}>{t('requests.noneText')}</Empty>
          return (
            <ul className="things">
              {open.map(one => (
                <li key={one.hold} className="thing">
                  <HoldWords hold={one} />
                  <span className="thing-acts">
                    <ToRecording hold={one} />
                  </span>
                </li>
              ))}
            </ul>
          )
        }}
      </Answer>
    </Panel>
  )
}

/** Holds whose review is over or near; each is said to be needed still, or lifted at its recording. */
export function HoldsPart() {
  const t = useTranslations('today')
  const now = useNow()
  return (
    <Panel title={t('hold.title')}>
      <p className="quiet">{t('hold.lead')}</p>
      <Answer of={useHolds()}>
        {holds => {
          const near = holds.filter(one => one.overdue || Date.parse(one.review) - now < WEEK)
          if (near.length === 0) return <Empty title={t('hold.none')}>{t('hold.noneText')}</Empty>
          return (
            <ul className="things">
              {near.map(one => (
                <HoldToReview key={one.hold} hold={one} />
              ))}
            </ul>
          )
        }}
      </Answer>
    </Panel>
  )
}

function HoldWords({ hold }: { hold: Hold }) {
  const t = useTranslations('today')
  return (
    <div className="stack tight">
      <span className="row">
        <strong>{t(`hold.kind.${hold.kind}`)}</strong>
        {hold.overdue && <Badge tone="stop">{t('hold.overdue')}</Badge>}
      </span>
      {hold.reason !== null && <span>{hold.reason}</span>}
      <span className="quiet">
        {t('hold.by', { name: hold.kind === 'camera' ? t('hold.kind.camera') : hold.placedBy })} · {t('hold.review')}{' '}
        <When at={hold.review} as="day" />
      </span>
      {hold.duty !== null && (hold.duty.toldAt === null || hold.duty.offeredAt === null) && (
        <span>
          {t('requests.duty')} <When at={hold.duty.due} />
        </span>
      )}
    </div>
  )
}

function ToRecording({ hold }: { hold: Hold }) {
  const t = useTranslations('today')
  return (
    <Link href={`/recordings/${hold.recording}`} className="button">
      {t('open')}
    </Link>
  )
}

function HoldToReview({ hold }: { hold: Hold }) {
  const t = useTranslations('today')
  const person = usePerson()
  const [asking, setAsking] = useState(false)
  const review = useMutation({
    mutationFn: (reason: string) => vidne.holds.review({ id: hold.hold, reason }),
    onSuccess: () => {
      setAsking(false)
      void questions.invalidateQueries({ queryKey: ['today'] })
    },
  })
  return (
    <li className="thing">
      <HoldWords hold={hold} />
      <span className="thing-acts">
        <ToRecording hold={hold} />
        {may(person, 'hold') && <Button onPress={() => setAsking(true)}>{t('hold.still')}</Button>}
      </span>
      {asking && (
        <ReasonDialog
          title={t('hold.stillTitle')}
          consequence={t('hold.stillText')}
          label={t('reason')}
          hint={t('reasonHint')}
          act={t('hold.still')}
          isPending={review.isPending}
          error={review.error}
          onClose={() => setAsking(false)}
          onConfirm={review.mutate}
        />
      )}
    </li>
  )
}

/** How much goes within a week, by category. */
export function DuePart() {
  const t = useTranslations('today')
  const names = useNames()
  const by = Math.ceil(useNow() / HOUR_MS) * HOUR_MS + WEEK
  const found = useQuery({
    queryKey: ['today', 'due', by],
    queryFn: () => vidne.keep.due({ by: new Date(by).toISOString() }),
  })
  return (
    <Panel title={t('due.title')} actions={<Link href="/retention">{t('due.go')}</Link>}>
      <Answer of={found}>
        {({ items }) => {
          const rules = [...Map.groupBy(items, ({ rule }) => rule)]
          return (
            <>
              <p>{t('due.lead', { count: items.length })}</p>
              {rules.length > 0 && (
                <Table
                  caption={t('due.title')}
                  rows={rules}
                  keyOf={([rule]) => rule}
                  columns={[
                    { id: 'rule', name: t('due.rule'), cell: ([rule]) => names('rule', rule) },
                    { id: 'items', name: t('due.items'), cell: ([, all]) => all.length, numeric: true },
                  ]}
                />
              )}
            </>
          )
        }}
      </Answer>
    </Panel>
  )
}
