import type { Ref } from 'react'
import { Button as Pressed, type ButtonProps } from 'react-aria-components'
import './button.css'

type Weight = 'plain' | 'main' | 'danger' | 'quiet'

/**
 * One thing that can be done. `main`: what one comes for, once a page. `danger`: what cannot be taken back; it always asks
 * first. While it is being done it says so (`isPending`), and is not done twice.
 */
export function Button({
  weight = 'plain',
  className,
  ...props
}: Omit<ButtonProps, 'className'> & { weight?: Weight; className?: string; ref?: Ref<HTMLButtonElement> }) {
  return <Pressed {...props} className={`button ${weight} ${className ?? ''}`} />
}
