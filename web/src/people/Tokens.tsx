import { useMutation, useSuspenseQuery } from '@tanstack/react-query'
import type { TokenRow } from '@vidne/contract/people'
import { Suspense, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Confirm } from '../../design/Dialog.tsx'
import { Badge } from '../../design/Notice.tsx'
import { Panel } from '../../design/Page.tsx'
import { type Column, Table } from '../../design/Table.tsx'
import { Loading, TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'
import { may, usePerson } from '../shell/me.ts'
import { MakeToken } from './MakeToken.tsx'
import { givenRoles } from './roles.ts'

const STATES = {
  'in-force': ['good', 'inForce'],
  expired: ['none', 'expired'],
  revoked: ['none', 'revoked'],
} as const

/** Tokens of programs and docks. `of`: of one person by name; null: all that one may see. */
export function Tokens(props: { of: string | null }) {
  // The page around it stays while this comes.
  return (
    <Suspense fallback={<Loading />}>
      <TokensPanel {...props} />
    </Suspense>
  )
}

function TokensPanel({ of }: { of: string | null }) {
  const t = useTranslations('people')
  const { data } = useSuspenseQuery({ queryKey: ['tokens'], queryFn: (): Promise<TokenRow[]> => vidne.tokens.list() })
  const [wanted, setWanted] = useState<TokenRow | null>(null)
  const [making, setMaking] = useState(false)
  const makes = may(usePerson(), 'create-token') && of === null
  const revoke = useMutation({
    mutationFn: ({ id }: TokenRow) => vidne.tokens.revoke({ id }),
    onSettled: () => setWanted(null),
    onSuccess: () => questions.invalidateQueries({ queryKey: ['tokens'] }),
  })
  const rows = data.filter(one => of === null || one.person === of)
  const columns = useColumns(of, setWanted)
  return (
    <Panel
      title={t('tokens.title')}
      actions={makes && <Button onPress={() => setMaking(true)}>{t('tokens.make')}</Button>}
    >
      <div className="stack">
        <p className="quiet">{t('tokens.text')}</p>
        {revoke.isError && <TroubleNotice error={revoke.error} />}
        {rows.length === 0 ? (
          <p>{t('tokens.none')}</p>
        ) : (
          <Table caption={t('tokens.text')} columns={columns} rows={rows} keyOf={one => one.id} />
        )}
      </div>
      {making && <MakeToken onClose={() => setMaking(false)} />}
      <Confirm
        title={t('tokens.revokeTitle')}
        consequence={t('tokens.revokeText')}
        act={t('tokens.revoke')}
        danger
        isOpen={wanted !== null}
        isPending={revoke.isPending}
        onClose={() => setWanted(null)}
        onConfirm={() => wanted !== null && revoke.mutate(wanted)}
      />
    </Panel>
  )
}

function useColumns(of: string | null, onRevoke: (token: TokenRow) => void): Column<TokenRow>[] {
  const t = useTranslations('people')
  const roleName = (role: string) => {
    const known = givenRoles.find(each => each === role)
    return known === undefined ? t('role.dock') : t(`role.${known}`)
  }
  return [
    { id: 'begins', name: t('tokens.begins'), cell: one => <code>{one.begins}…</code> },
    ...(of === null ? [{ id: 'person', name: t('tokens.person'), cell: (one: TokenRow) => one.person }] : []),
    { id: 'roles', name: t('tokens.roles'), cell: one => one.roles.map(roleName).join(', ') },
    {
      id: 'issued',
      name: t('tokens.issued'),
      cell: one => (
        <span className="stack tight">
          <When at={one.issuedAt} />
          <span className="quiet small">
            {one.issuedBy === 'installation' ? t('tokens.founding') : t('tokens.by', { name: one.issuedBy })}
          </span>
        </span>
      ),
    },
    {
      id: 'used',
      name: t('tokens.used'),
      cell: one => (one.lastUsedAt === null ? t('tokens.unused') : <When at={one.lastUsedAt} />),
    },
    {
      id: 'expires',
      name: t('tokens.expires'),
      cell: one => (one.expires === null ? t('tokens.never') : <When at={one.expires} />),
    },
    {
      id: 'state',
      name: t('tokens.state'),
      cell: one => {
        const [tone, words] = STATES[one.state]
        return <Badge tone={tone}>{t(`tokens.${words}`)}</Badge>
      },
    },
    {
      id: 'revoke',
      name: t('tokens.revoke'),
      cell: one =>
        one.state === 'in-force' ? (
          <Button onPress={() => onRevoke(one)} aria-label={`${t('tokens.revoke')}: ${one.begins}`}>
            {t('tokens.revoke')}
          </Button>
        ) : (
          '–'
        ),
    },
  ]
}
