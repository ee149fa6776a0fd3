import type { ReactNode } from 'react'
import { TextField } from '../../design/fields.tsx'

/** The six digits of an authenticator, as people type them: with or without a space, filled in by the device where it can. */
export function CodeField({
  label,
  hint,
  value,
  onChange,
}: {
  label: string
  hint?: ReactNode
  value: string
  onChange: (code: string) => void
}) {
  return (
    <TextField
      label={label}
      {...(hint === undefined ? {} : { hint })}
      value={value}
      onChange={onChange}
      inputMode="numeric"
      autoComplete="one-time-code"
      maxLength={9}
      isRequired
    />
  )
}
