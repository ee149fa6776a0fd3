import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Page } from '../../design/Page.tsx'
import { TroubleNotice } from '../../design/TroubleNotice.tsx'
import { vidne } from '../connection/client.ts'
import { useMe } from '../shell/me.ts'
import { withWords } from '../shell/page.tsx'
import { entered } from './entered.ts'

/** A page of its own, so that no link and no picture signs anybody out. */
function SignOut() {
  const t = useTranslations('sign-in')
  const person = useMe().data?.person ?? null
  const [done] = useState(() => location.hash === '#done')
  const leave = useMutation({ mutationFn: () => vidne.signIn.out(), onSuccess: () => entered('/sign-out#done') })
  if (person === null || done)
    return (
      <Page title={t('out.done')}>
        <div className="stack">
          <p>{t('out.doneText')}</p>
          <p>
            <a href="/sign-in">{t('out.again')}</a>
          </p>
        </div>
      </Page>
    )
  return (
    <Page title={t('out.title')}>
      <div className="stack">
        <p>{t('out.ask', { name: person.name })}</p>
        {leave.isError && <TroubleNotice error={leave.error} />}
        <div>
          <Button weight="main" isPending={leave.isPending} onPress={() => leave.mutate()}>
            {t('out.act')}
          </Button>
        </div>
      </div>
    </Page>
  )
}

export const SignOutPage = withWords(['sign-in'], SignOut)
