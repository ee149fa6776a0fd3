import { useMutation, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import type { OwnAddress } from '@vidne/contract/addresses'
import { type FormEvent, Suspense, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Select, TextField } from '../../design/fields.tsx'
import { Notice } from '../../design/Notice.tsx'
import { Panel } from '../../design/Page.tsx'
import { Loading, TroubleNotice } from '../../design/TroubleNotice.tsx'
import { When } from '../../design/When.tsx'
import { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'
import { CodeField } from '../sign-in/CodeField.tsx'
import { type Language, languageNames, languages } from '../words/language.ts'
import { useLanguage } from '../words/words.tsx'

const addressQuestion = {
  queryKey: ['address'],
  queryFn: (): Promise<OwnAddress> => vidne.address.show(),
}
const anew = () => questions.invalidateQueries({ queryKey: addressQuestion.queryKey })

/** Whether this installation sends mail; false until that is known. */
export function useSendsMail(): boolean {
  return useQuery(addressQuestion).data?.sends ?? false
}

/** Where mail to oneself goes. Nothing at all where the installation sends none. */
export function MailAddress() {
  return (
    <Suspense fallback={<Loading />}>
      <AddressPanel />
    </Suspense>
  )
}

function AddressPanel() {
  const t = useTranslations('people')
  const { data } = useSuspenseQuery(addressQuestion)
  if (!data.sends) return null
  const { confirmed, offered, refused } = data
  return (
    <Panel title={t('mail.title')}>
      <div className="stack">
        <p className="quiet">{t('mail.text')}</p>
        <Reached confirmed={confirmed} refused={refused} />
        {offered !== null && <Offered key={offered.address} {...offered} />}
        <NameAddress mine={confirmed?.address ?? null} first={confirmed?.address ?? offered?.address ?? ''} />
        {(confirmed !== null || offered !== null) && <Remove />}
      </div>
    </Panel>
  )
}

/** Where mail goes now. */
function Reached({ confirmed, refused }: Pick<OwnAddress, 'confirmed' | 'refused'>) {
  const t = useTranslations('people')
  if (confirmed === null) return <p>{t('mail.none')}</p>
  return (
    <>
      <p>{t('mail.goesTo', { address: confirmed.address, language: languageNames[confirmed.language] })}</p>
      {refused && <Notice tone="wait">{t('mail.refused')}</Notice>}
    </>
  )
}

/** An address that is not confirmed: with a code that waits to be typed, or without one. */
function Offered({ address, codeUntil }: NonNullable<OwnAddress['offered']>) {
  const t = useTranslations('people')
  const [code, setCode] = useState('')
  const confirm = useMutation({
    mutationFn: () => vidne.address.confirm({ code }),
    onSuccess: anew,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    confirm.mutate()
  }
  if (codeUntil === null) return <Notice tone="wait">{t('mail.offered', { address })}</Notice>
  return (
    <form className="stack" onSubmit={submit}>
      <Notice tone="info" live>
        {t('mail.codeSent', { address })} <When at={codeUntil} />
      </Notice>
      <CodeField label={t('mail.code')} hint={t('mail.codeHint')} value={code} onChange={setCode} />
      {confirm.isError && <TroubleNotice error={confirm.error} />}
      <div className="row">
        <Button type="submit" weight="main" isPending={confirm.isPending}>
          {t('mail.confirm')}
        </Button>
      </div>
    </form>
  )
}

/** `mine`: the address that is confirmed already, of which only the language can be changed. */
function NameAddress({ mine, first }: { mine: string | null; first: string }) {
  const t = useTranslations('people')
  const spoken = useLanguage().language
  const [address, setAddress] = useState(first)
  const [language, setLanguage] = useState<Language>(spoken)
  const name = useMutation({
    mutationFn: () => vidne.address.name({ address, language }),
    onSuccess: anew,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    name.mutate()
  }
  return (
    <form className="stack" onSubmit={submit}>
      <TextField
        label={t('mail.address')}
        hint={t('mail.addressHint')}
        type="email"
        autoComplete="email"
        value={address}
        onChange={setAddress}
        isRequired
      />
      <Select
        label={t('mail.language')}
        choices={languages.map(each => ({ id: each, name: languageNames[each] }))}
        value={language}
        onChange={setLanguage}
      />
      {name.isError && <TroubleNotice error={name.error} />}
      <div className="row">
        <Button type="submit" isPending={name.isPending}>
          {t(address === mine ? 'mail.keep' : 'mail.send')}
        </Button>
      </div>
    </form>
  )
}

function Remove() {
  const t = useTranslations('people')
  const remove = useMutation({ mutationFn: () => vidne.address.remove(), onSuccess: anew })
  return (
    <div className="stack">
      {remove.isError && <TroubleNotice error={remove.error} />}
      <div>
        <Button onPress={() => remove.mutate()} isPending={remove.isPending}>
          {t('mail.remove')}
        </Button>
      </div>
    </div>
  )
}
