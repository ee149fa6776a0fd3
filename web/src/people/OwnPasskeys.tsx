import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { OwnPasskey } from '@vidne/contract/own-account'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Confirm, Dialog } from '../../design/Dialog.tsx'
import { TextField } from '../../design/fields.tsx'
import { Badge, Notice } from '../../design/Notice.tsx'
import { Panel } from '../../design/Page.tsx'
import { type Column, Table } from '../../design/Table.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { makePasskey, passkeysWork } from '../sign-in/passkeys.ts'
import { type Own, ownChanged } from './own.ts'

/** The passkeys of one's own account: a second one is what one is glad of when the first is lost. */
export function OwnPasskeys({ of }: { of: Own }) {
  const t = useTranslations('people')
  const [naming, setNaming] = useState<OwnPasskey | 'new' | null>(null)
  const [removing, setRemoving] = useState<OwnPasskey | null>(null)
  const remove = useMutation({
    mutationFn: ({ id }: OwnPasskey) => vidne.ownAccount.removePasskey({ id }),
    onSuccess: ownChanged,
    onSettled: () => setRemoving(null),
  })
  const ways = waysIn(of)
  const columns = useColumns({ onName: setNaming, onRemove: ways > 1 && of.fresh ? setRemoving : null })
  const adds = of.fresh && passkeysWork()
  return (
    <Panel
      title={t('passkeys.title')}
      actions={adds && <Button onPress={() => setNaming('new')}>{t('passkeys.add')}</Button>}
    >
      <div className="stack">
        <p className="quiet">{t('passkeys.text')}</p>
        {!of.fresh && <NotFresh />}
        {remove.isError && <TroubleNotice error={remove.error} />}
        {of.passkeys.length === 0 ? (
          <p>{t('passkeys.none')}</p>
        ) : (
          <Table caption={t('passkeys.title')} columns={columns} rows={of.passkeys} keyOf={one => one.id} />
        )}
        {ways === 1 && of.passkeys.length === 1 && <p className="small">{t('passkeys.last')}</p>}
      </div>
      {naming !== null && <NamePasskey of={naming} onClose={() => setNaming(null)} />}
      <Confirm
        title={t('passkeys.removeTitle')}
        consequence={t('passkeys.removeText')}
        act={t('passkeys.remove')}
        danger
        isOpen={removing !== null}
        isPending={remove.isPending}
        onClose={() => setRemoving(null)}
        onConfirm={() => removing !== null && remove.mutate(removing)}
      />
    </Panel>
  )
}

/** Why nothing can be added or removed just now. */
function NotFresh() {
  const t = useTranslations('people')
  return (
    <Notice tone="info">
      <p>
        {t('passkeys.notFresh')} <Link to="/sign-out">{t('passkeys.signOut')}</Link>
      </p>
    </Notice>
  )
}

/** How many ways in there are. */
const waysIn = ({ passkeys, name, byAgency }: Own) => passkeys.length + (name === null ? 0 : 1) + (byAgency ? 1 : 0)

type Acts = { onName: (one: OwnPasskey) => void; onRemove: ((one: OwnPasskey) => void) | null }

function useColumns({ onName, onRemove }: Acts): Column<OwnPasskey>[] {
  const t = useTranslations('people')
  const called = (one: OwnPasskey) => one.name ?? t('passkeys.unnamed')
  return [
    {
      id: 'name',
      name: t('list.name'),
      cell: one => (
        <span className="row">
          {called(one)}
          {one.synced && <Badge tone="info">{t('passkeys.synced')}</Badge>}
        </span>
      ),
    },
    { id: 'made', name: t('passkeys.made'), cell: one => (one.madeAt === null ? '–' : <When at={one.madeAt} />) },
    {
      id: 'acts',
      name: t('units.acts'),
      cell: one => (
        <span className="row">
          <Button onPress={() => onName(one)} aria-label={`${t('units.rename')}: ${called(one)}`}>
            {t('units.rename')}
          </Button>
          {onRemove !== null && (
            <Button
              weight="danger"
              onPress={() => onRemove(one)}
              aria-label={`${t('passkeys.remove')}: ${called(one)}`}
            >
              {t('passkeys.remove')}
            </Button>
          )}
        </span>
      ),
    },
  ]
}

/** Asks for a name; for a new one, then has the device make it. */
function NamePasskey({ of, onClose }: { of: OwnPasskey | 'new'; onClose: () => void }) {
  const t = useTranslations('people')
  const [name, setName] = useState(of === 'new' ? '' : (of.name ?? ''))
  const [none, setNone] = useState(false)
  const keep = useMutation({
    mutationFn: async () => {
      setNone(false)
      if (of !== 'new') await vidne.ownAccount.namePasskey({ id: of.id, name })
      else if (!(await added(name))) return setNone(true)
      await ownChanged()
      onClose()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    keep.mutate()
  }
  return (
    <Dialog title={of === 'new' ? t('passkeys.add') : t('passkeys.nameTitle')} isOpen onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        {of === 'new' && <p>{t('passkeys.addText')}</p>}
        <TextField
          label={t('passkeys.name')}
          hint={t('passkeys.nameHint')}
          value={name}
          onChange={setName}
          maxLength={100}
          isRequired
        />
        {none && (
          <Notice tone="wait" live>
            {t('passkeys.notMade')}
          </Notice>
        )}
        {keep.isError && <TroubleNotice error={keep.error} />}
        <div className="row">
          <Button type="submit" weight="main" isPending={keep.isPending}>
            {of === 'new' ? t('passkeys.addAct') : t('units.keep')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** False where the device made none: somebody closed its question, or it has one of this account already. */
async function added(name: string): Promise<boolean> {
  const { options } = await vidne.ownAccount.askPasskey()
  const response = await makePasskey(options)
  if (response === null) return false
  await vidne.ownAccount.addPasskey({ name, response })
  return true
}
