import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReadinessRow } from '@vidne/contract/readiness'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Answer } from '../../design/Answer.tsx'
import { Checkbox, Select } from '../../design/fields.tsx'
import { Badge, Notice } from '../../design/Notice.tsx'
import { Panel } from '../../design/Page.tsx'
import { type Column, Table } from '../../design/Table.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { useNow } from '../words/now.ts'

type Found = Awaited<ReturnType<typeof vidne.readiness.list>>
export type Rule = Found['rule']

const EVERYBODY = 'everybody'
const lacks = ({ needs }: ReadinessRow) => needs.some(one => one.because !== null)

/** Everybody, or a unit: who has accepted the policy in force and is trained, and what is refused to whom until then. */
export function Readiness() {
  const t = useTranslations('people')
  const [unit, setUnit] = useState(EVERYBODY)
  const [lackingOnly, setLackingOnly] = useState(false)
  const units = useQuery({ queryKey: ['units'], queryFn: () => vidne.units.list() }).data ?? []
  const found = useQuery({
    queryKey: ['readiness', 'list', unit],
    queryFn: (): Promise<Found> => vidne.readiness.list(unit === EVERYBODY ? {} : { unit: nameOf(units, unit) }),
  })
  return (
    <Panel title={t('ready.title')}>
      <div className="stack">
        <p className="quiet">{t('ready.text')}</p>
        {units.length > 0 && (
          <Select
            label={t('ready.unit')}
            choices={[{ id: EVERYBODY, name: t('ready.everybody') }, ...units.map(({ id, name }) => ({ id, name }))]}
            value={unit}
            onChange={setUnit}
          />
        )}
        <Checkbox isSelected={lackingOnly} onChange={setLackingOnly}>
          {t('ready.only')}
        </Checkbox>
        <Answer of={found}>
          {({ rule, people }) => (
            <>
              <RuleNotice rule={rule} />
              <p>{t('ready.lacking', { count: people.filter(lacks).length })}</p>
              <Rows people={lackingOnly ? people.filter(lacks) : people} />
            </>
          )}
        </Answer>
      </div>
    </Panel>
  )
}

function nameOf(units: readonly { id: string; name: string }[], id: string): string {
  return units.find(one => one.id === id)?.name ?? ''
}

/** What hangs on a training, and for how long one counts. */
export function RuleNotice({ rule }: { rule: Rule }) {
  const t = useTranslations('people')
  if (rule === null) return <Notice tone="info">{t('ready.noRule')}</Notice>
  const acts = rule.rights.map(act => t(`ready.act.${act}`)).join(', ')
  return <Notice tone="info">{t('ready.rule', { acts, time: rule.validFor })}</Notice>
}

function Rows({ people }: { people: readonly ReadinessRow[] }) {
  const t = useTranslations('people')
  const columns: Column<ReadinessRow>[] = [
    {
      id: 'name',
      name: t('list.name'),
      cell: one => (
        <Link to="/people/$id" params={{ id: one.id }}>
          {one.name}
        </Link>
      ),
    },
    { id: 'unit', name: t('list.unit'), cell: one => one.unit ?? '–' },
    { id: 'policy', name: t('ready.policy'), cell: one => <PolicyState of={one} /> },
    { id: 'training', name: t('ready.training'), cell: one => <TrainingState of={one} /> },
    { id: 'refused', name: t('ready.refused'), cell: one => <Refused of={one} /> },
  ]
  return <Table caption={t('ready.caption')} columns={columns} rows={people} keyOf={one => one.id} />
}

/** Whether somebody accepted the version in force for them, and when. */
export function PolicyState({ of: { policy } }: { of: ReadinessRow }) {
  const t = useTranslations('people')
  if (policy.acceptedAt !== null)
    return (
      <span className="row">
        <Badge tone="good">{t('ready.accepted')}</Badge>
        <When at={policy.acceptedAt} as="shortDay" />
      </span>
    )
  return policy.wanted ? (
    <Badge tone="wait">{t('ready.notYet')}</Badge>
  ) : (
    <span className="quiet">{t('ready.notNeeded')}</span>
  )
}

/** The newest training, and whether it still counts. */
function TrainingState({ of: { training } }: { of: ReadinessRow }) {
  const t = useTranslations('people')
  const now = useNow()
  if (training === null) return <span>{t('ready.none')}</span>
  const over = training.until !== null && Date.parse(training.until) <= now
  return (
    <span className="stack tight">
      <span>{training.course}</span>
      <span className="row small">
        {over && <Badge tone="stop">{t('ready.over')}</Badge>}
        <span className="quiet">{training.until === null ? t('ready.completed') : t('ready.until')}</span>
        <When at={training.until ?? training.completedAt} as="shortDay" />
      </span>
    </span>
  )
}

/** What somebody's roles give and the policy keeps from them now, with the reason. */
export function Refused({ of: { needs } }: { of: ReadinessRow }) {
  const t = useTranslations('people')
  const refused = needs.filter(one => one.because !== null)
  if (refused.length === 0) return <span className="quiet">{t('ready.nothing')}</span>
  return (
    <ul className="refused-acts">
      {refused.map(({ act, because }) => (
        <li key={act}>
          <Badge tone="stop">{t(`ready.act.${act}`)}</Badge>{' '}
          <span className="small">{because === null ? '' : t(`ready.why.${because}`)}</span>
        </li>
      ))}
    </ul>
  )
}
