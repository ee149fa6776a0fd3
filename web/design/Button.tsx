import type { ReactNode, Ref } from 'react'
import { Button as Pressed, type ButtonProps, ProgressBar } from 'react-aria-components'
import { useTranslations } from 'use-intl'
import './button.css'

type Weight = 'plain' | 'main' | 'danger' | 'quiet'

/**
 * One thing that can be done. `main`: what one comes for, once a page. `danger`: what cannot be taken back; it always asks
 * first. While it is being done it says so (`isPending`), and is not done twice.
 */
export function Button({
  weight = 'plain',
  className,
  children,
  ...props
}: Omit<ButtonProps, 'className' | 'children'> & {
  children: ReactNode
  weight?: Weight
  className?: string
  ref?: Ref<HTMLButtonElement>
}) {
  const t = useTranslations('shell')
  return (
    <Pressed {...props} className={`button ${weight} ${className ?? ''}`}>
      {children}
      {/* What is read out while it is being done; without it what is read has no name. */}
      {props.isPending === true && <ProgressBar isIndeterminate aria-label={t('loading')} className="unseen" />}
    </Pressed>
  )
}
