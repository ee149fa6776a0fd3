import type { ReactNode } from 'react'
import { TextField } from '../../design/fields.tsx'

/**
 * The six digits of an authenticator, as people type them: with or without a space, filled in by the device where it can.
 * `recovers`: a code for recovery, which has letters, is taken too.
 */
export function CodeField({
  label,
  hint,
  value,
  onChange,
  recovers = false,
}: {
  label: string
  hint?: ReactNode
  value: string
  onChange: (code: string) => void
  recovers?: boolean
}) {
  return (
    <TextField
      label={label}
      {...(hint === undefined ? {} : { hint })}
      value={value}
      onChange={onChange}
      inputMode={recovers ? 'text' : 'numeric'}
      autoComplete="one-time-code"
      maxLength={recovers ? 16 : 9}
      isRequired
    />
  )
}
