import { I18nProvider } from 'react-aria-components'
import { createContext, type ReactNode, startTransition, use, useCallback, useEffect, useMemo, useState } from 'react'
import { IntlProvider } from 'use-intl'
import { questions } from '../connection/questions.ts'
import { FORMATS } from './formats.ts'
import { chosenLanguage, forms, keepLanguage, type Language } from './language.ts'
import { type Room, wordsOf, type Words as Messages } from './rooms.ts'

type Spoken = {
  language: Language
  choose: (language: Language) => void
  messages: Readonly<Record<string, Messages>>
  zone: string
}

const SpokenContext = createContext<Spoken | null>(null)

/** The language of the desk, and how to change it. */
export function useLanguage(): Pick<Spoken, 'language' | 'choose' | 'zone'> {
  const spoken = use(SpokenContext)
  if (spoken === null) throw new Error('no language stands above this')
  return spoken
}

/** One language for everything below; the browser's own until somebody chooses. `zone`: in which all times are told. */
export function Language({ zone, children }: { zone: string; children: ReactNode }) {
  const [language, setLanguage] = useState(chosenLanguage)
  const choose = useCallback((wanted: Language) => {
    keepLanguage(wanted)
    startTransition(() => setLanguage(wanted))
    // The installation's sentences come in the language they were asked for in.
    void questions.invalidateQueries()
  }, [])
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const spoken = useMemo(() => ({ language, choose, zone, messages: {} }), [language, choose, zone])
  return (
    <SpokenContext value={spoken}>
      <I18nProvider locale={forms[language]}>{children}</I18nProvider>
    </SpokenContext>
  )
}

/** Brings the words of these rooms; suspends until they are there. What was brought above stays. */
export function Words({ rooms, children }: { rooms: readonly Room[]; children: ReactNode }) {
  const spoken = use(SpokenContext)
  if (spoken === null) throw new Error('no language stands above this')
  const { language, zone } = spoken
  const messages = { ...spoken.messages }
  for (const room of rooms) messages[room] = use(wordsOf(language, room))
  return (
    <SpokenContext value={{ ...spoken, messages }}>
      {/* The types know every room; which of them were brought is this tree's matter. */}
      <IntlProvider
        locale={forms[language]}
        messages={messages as never}
        timeZone={zone}
        formats={FORMATS}
        onError={failLoudly}
      >
        {children}
      </IntlProvider>
    </SpokenContext>
  )
}

/** A word that is missing is a fault of ours, and tests look for it in the console. */
function failLoudly(error: Error) {
  // oxlint-disable-next-line no-console
  console.error(error.message)
}
