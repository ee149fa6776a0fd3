import { useTranslations } from 'use-intl'
import { Button } from '../../../design/Button.tsx'
import { TextField } from '../../../design/fields.tsx'
import { usePicture } from './picture.ts'
import { parsePlace, placeText } from './place.ts'

/** A place in the footage, written as minutes and seconds or taken from where the picture stands. */
export function PlaceField({
  label,
  hint,
  value,
  onChange,
  optional = false,
}: {
  label: string
  hint?: string
  value: string
  onChange: (text: string) => void
  optional?: boolean
}) {
  const t = useTranslations('work')
  const { at } = usePicture()
  const odd = value !== '' && parsePlace(value) === null
  return (
    <div className="row">
      <TextField
        label={label}
        hint={hint ?? t('placeHint')}
        value={value}
        onChange={onChange}
        isRequired={!optional}
        {...(odd ? { error: t('oddPlace') } : {})}
      />
      {at !== null && <Button onPress={() => onChange(placeText(at()))}>{t('here')}</Button>}
    </div>
  )
}
