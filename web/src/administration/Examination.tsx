import { useQuery } from '@tanstack/react-query'
import type { FindingRow } from '@vidne/contract/installation'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Badge, Notice } from '../../design/Notice.tsx'
import { Panel } from '../../design/Page.tsx'
import { Loading, TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'

const tones = { good: 'good', weak: 'wait', stops: 'stop' } as const
const order = { stops: 0, weak: 1, good: 2 } as const

/** What the doctor finds: what keeps the installation from its work first, then what is weak; what is well is folded away. */
export function Examination() {
  const t = useTranslations('administration')
  const found = useQuery({
    queryKey: ['installation', 'examination'],
    queryFn: () => vidne.installation.examine(),
    staleTime: 300_000,
  })
  const rows = (found.data?.findings ?? []).toSorted((a, b) => order[a.state] - order[b.state])
  const [wrong, well] = [rows.filter(row => row.state !== 'good'), rows.filter(row => row.state === 'good')]
  return (
    <Panel
      title={t('doctor.title')}
      actions={
        <Button isPending={found.isFetching} onPress={() => void found.refetch()}>
          {t('doctor.look')}
        </Button>
      }
    >
      {found.isPending && <Loading />}
      {found.isError && <TroubleNotice error={found.error} />}
      {found.data !== undefined && (
        <>
          <p className="quiet">
            {t('doctor.at')} <When at={found.data.at} as="exact" />
          </p>
          {wrong.length === 0 && <Notice tone="good">{t('doctor.allWell')}</Notice>}
          <Findings rows={wrong} />
          <details>
            <summary>{t('doctor.well', { count: well.length })}</summary>
            <Findings rows={well} />
          </details>
        </>
      )}
    </Panel>
  )
}

/** The sentence is the command line's own, in the reader's language: files, settings and commands are named in it as they are written. */
function Findings({ rows }: { rows: readonly FindingRow[] }) {
  const t = useTranslations('administration')
  return (
    <ul className="findings">
      {rows.map(row => (
        <li key={row.code + row.text}>
          <Badge tone={tones[row.state]}>{t(`doctor.is.${row.state}`)}</Badge>
          <div>
            <strong>{areaOf(row.code, area => t(`doctor.area.${area}`))}</strong>
            <p>{row.text}</p>
          </div>
        </li>
      ))}
    </ul>
  )
}

const AREAS = ['database', 'objects', 'vault', 'log', 'disk', 'backup', 'clean-up', 'snapshots', 'history'] as const
type Area = (typeof AREAS)[number] | 'machine'

/** Which part of the installation a finding is about, by its code. */
function areaOf(code: string, named: (area: Area) => string): string {
  if (/^(openings|recordings)/.test(code)) return named('history')
  if (/^(lock|log)/.test(code)) return named('log')
  if (/^(memory|container|disk|permissions)/.test(code)) return named('disk')
  return named(AREAS.find(area => code.startsWith(area)) ?? 'machine')
}
