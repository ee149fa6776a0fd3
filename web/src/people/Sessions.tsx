import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import type { SessionRow } from '@vidne/contract/sessions'
import { Suspense } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Badge } from '../../design/Notice.tsx'
import { Panel } from '../../design/Page.tsx'
import { type Column, Table } from '../../design/Table.tsx'
import { Loading, TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'
import { entered } from '../sign-in/entered.ts'

/** Browsers that are signed in, each of which can be put out. `of`: of one person by name; null: all that one may see. */
export function Sessions(props: { of: string | null }) {
  // The page around it stays while this comes.
  return (
    <Suspense fallback={<Loading />}>
      <SessionsPanel {...props} />
    </Suspense>
  )
}

function SessionsPanel({ of }: { of: string | null }) {
  const t = useTranslations('people')
  const { data } = useSuspenseQuery({
    queryKey: ['sessions'],
    queryFn: (): Promise<SessionRow[]> => vidne.sessions.list(),
  })
  const end = useMutation({
    mutationFn: ({ id }: SessionRow) => vidne.sessions.end({ id }),
    onSuccess: (_, one) => (one.this ? entered('/sign-out') : questions.invalidateQueries({ queryKey: ['sessions'] })),
  })
  const rows = data.filter(one => of === null || one.person === of)
  const columns: Column<SessionRow>[] = [
    {
      id: 'client',
      name: t('sessions.client'),
      cell: one => (
        <span className="row">
          {browserOf(one.client)}
          {one.this && <Badge tone="info">{t('sessions.this')}</Badge>}
        </span>
      ),
    },
    ...(of === null ? [{ id: 'person', name: t('sessions.person'), cell: (one: SessionRow) => one.person }] : []),
    { id: 'method', name: t('sessions.method'), cell: one => t(`method.${one.method}`) },
    { id: 'began', name: t('sessions.began'), cell: one => <When at={one.beganAt} /> },
    { id: 'seen', name: t('sessions.seen'), cell: one => <When at={one.seenAt} /> },
    {
      id: 'end',
      name: t('sessions.end'),
      cell: one => (
        <Button
          isDisabled={end.isPending}
          onPress={() => end.mutate(one)}
          aria-label={`${t('sessions.end')}: ${one.person}, ${browserOf(one.client)}`}
        >
          {t('sessions.end')}
        </Button>
      ),
    },
  ]
  return (
    <Panel title={t('sessions.title')}>
      <div className="stack">
        <p className="quiet">{t('sessions.text')}</p>
        {end.isError && <TroubleNotice error={end.error} />}
        {rows.length === 0 ? (
          <p>{t('sessions.none')}</p>
        ) : (
          <Table caption={t('sessions.text')} columns={columns} rows={rows} keyOf={one => one.id} />
        )}
      </div>
    </Panel>
  )
}

const BROWSERS = [
  [/Edg\//, 'Edge'],
  [/Firefox\//, 'Firefox'],
  [/Chrom(?:e|ium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
] as const
const SYSTEMS = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS/, 'macOS'],
  [/Linux/, 'Linux'],
] as const

/** What a browser says of itself, as people call it. */
function browserOf(client: string): string {
  const named = (of: readonly (readonly [RegExp, string])[]) => of.find(([pattern]) => pattern.test(client))?.[1]
  const parts = [named(BROWSERS), named(SYSTEMS)].filter(part => part !== undefined)
  return parts.length === 0 ? client.slice(0, 40) || '–' : parts.join(', ')
}
