import { FieldError } from 'react-aria-components'
import { useTranslations } from 'use-intl'

/** What is wrong with a field, in the desk's language: a browser tells it in its own. */
export function Fault({ error }: { error: string | undefined }) {
  const t = useTranslations('shell')
  return (
    <FieldError className="error">
      {({ validationDetails }) => error ?? t(validationDetails.valueMissing ? 'fault.missing' : 'fault.form')}
    </FieldError>
  )
}
