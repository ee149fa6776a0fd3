import type { SignedIn } from '@vidne/contract/me'
import { useState } from 'react'
import { Button, Menu, MenuItem, MenuSection, MenuTrigger, Popover, Header } from 'react-aria-components'
import { useTranslations } from 'use-intl'
import { languageNames, languages } from '../words/language.ts'
import { useLanguage } from '../words/words.tsx'
import { applyScheme, chosenScheme, schemes } from './scheme.ts'
import '../../design/fields.css'

/** Language, light or dark, and who is signed in: at the same place on every page. */
export function Menus({ person }: { person: SignedIn | null }) {
  return (
    <div className="menus">
      <LanguageMenu />
      <PersonMenu person={person} />
    </div>
  )
}

function LanguageMenu() {
  const t = useTranslations('shell')
  const { language, choose } = useLanguage()
  return (
    <MenuTrigger>
      <Button className="menu-button">
        <span>
          <span className="unseen">{t('language')}: </span>
          {languageNames[language]}
        </span>
        <span aria-hidden="true">▾</span>
      </Button>
      <Popover className="popover">
        <Menu
          className="options"
          selectionMode="single"
          selectedKeys={[language]}
          onAction={key => {
            const wanted = languages.find(each => each === key)
            if (wanted !== undefined) choose(wanted)
          }}
        >
          {languages.map(each => (
            <MenuItem key={each} id={each} className="option" textValue={languageNames[each]}>
              <span lang={each}>{languageNames[each]}</span>
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}

function PersonMenu({ person }: { person: SignedIn | null }) {
  const t = useTranslations('shell')
  const [scheme, setScheme] = useState(chosenScheme)
  const choose = (key: unknown) => {
    const wanted = schemes.find(each => each === key)
    if (wanted === undefined) return
    applyScheme(wanted)
    setScheme(wanted)
  }
  return (
    <MenuTrigger>
      <Button className="menu-button">
        <span className="menu-name">{person?.name ?? t('appearance')}</span> <span aria-hidden="true">▾</span>
      </Button>
      <Popover className="popover">
        <Menu className="options" onAction={choose}>
          {person !== null && (
            <MenuSection>
              <Header className="menu-head quiet small">{person.agency.name}</Header>
              <MenuItem className="option" href="/account" textValue={t('account')}>
                {t('account')}
              </MenuItem>
              <MenuItem className="option" href="/sign-out" textValue={t('signOut')}>
                {t('signOut')}
              </MenuItem>
            </MenuSection>
          )}
          <MenuSection selectionMode="single" selectedKeys={[scheme]}>
            <Header className="menu-head quiet small">{t('appearance')}</Header>
            {schemes.map(each => (
              <MenuItem key={each} id={each} className="option" textValue={t(`scheme.${each}`)}>
                <span>{t(`scheme.${each}`)}</span>
              </MenuItem>
            ))}
          </MenuSection>
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
