import { useMutation } from '@tanstack/react-query'
import type { Role } from '@vidne/contract/roles'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Confirm } from '../../design/Dialog.tsx'
import { Select } from '../../design/fields.tsx'
import { Panel } from '../../design/Page.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'
import type { Details } from './PersonPage.tsx'
import { givenRoles } from './roles.ts'

type Given = Exclude<Role, 'dock'>

const changed = () => Promise.all([['people'], ['me']].map(queryKey => questions.invalidateQueries({ queryKey })))

/** What somebody may do here: given, and taken back at once. */
export function Roles({ of, manages }: { of: Details; manages: boolean }) {
  const t = useTranslations('people')
  const [taking, setTaking] = useState<Given | null>(null)
  const take = useMutation({
    mutationFn: (role: Given) => vidne.people.takeRole({ id: of.id, role }),
    onSuccess: changed,
    onSettled: () => setTaking(null),
  })
  const held = givenRoles.filter(role => of.roles.includes(role))
  return (
    <Panel title={t('one.roles')}>
      <div className="stack">
        {take.isError && <TroubleNotice error={take.error} />}
        {held.length === 0 && <p>{t('one.noRoles', { name: of.name })}</p>}
        <ul className="role-list">
          {held.map(role => (
            <li key={role}>
              <span>{t(`role.${role}`)}</span>
              {manages && (
                <Button onPress={() => setTaking(role)} aria-label={`${t('one.take')}: ${t(`role.${role}`)}`}>
                  {t('one.take')}
                </Button>
              )}
            </li>
          ))}
        </ul>
        {manages && <GiveRole of={of} />}
      </div>
      <Confirm
        title={t('one.takeTitle')}
        consequence={taking === null ? '' : t('one.takeText', { name: of.name, role: t(`role.${taking}`) })}
        act={t('one.take')}
        danger
        isOpen={taking !== null}
        isPending={take.isPending}
        onClose={() => setTaking(null)}
        onConfirm={() => taking !== null && take.mutate(taking)}
      />
    </Panel>
  )
}

function GiveRole({ of }: { of: Details }) {
  const t = useTranslations('people')
  const [chosen, setChosen] = useState<Given | null>(null)
  const give = useMutation({
    mutationFn: (role: Given) => vidne.people.giveRole({ id: of.id, role }),
    onSuccess: () => {
      setChosen(null)
      return changed()
    },
  })
  const rest = givenRoles.filter(role => !of.roles.includes(role))
  if (rest.length === 0) return null
  return (
    <>
      {give.isError && <TroubleNotice error={give.error} />}
      <div className="row give">
        <Select
          label={t('one.give')}
          choices={rest.map(role => ({ id: role, name: t(`role.${role}`) }))}
          value={chosen}
          onChange={setChosen}
        />
        <Button
          isDisabled={chosen === null}
          isPending={give.isPending}
          onPress={() => chosen !== null && give.mutate(chosen)}
        >
          {t('one.giveAct')}
        </Button>
      </div>
    </>
  )
}
