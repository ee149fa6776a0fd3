import type { ReactNode } from 'react'
import {
  Checkbox as Ticked,
  type CheckboxProps,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Radio,
  RadioGroup,
  type RadioGroupProps,
  Select as Chosen,
  SelectValue,
  Button,
  Text,
  TextArea,
  TextField as Typed,
  type TextFieldProps,
} from 'react-aria-components'
import { Fault } from './Fault.tsx'
import './fields.css'

/**
 * A page that gives `error`, be it undefined for now, finds the faults of that field itself. Of any other the field says what it finds,
 * such as that it was left empty: to tell it that nothing is wrong would silence that.
 */
const faultyBy = (asked: { error?: string | undefined }) =>
  'error' in asked ? { isInvalid: asked.error !== undefined } : {}

type Asked = { label: string; hint?: ReactNode; error?: string | undefined }

/** A line, or several, of text. The label always stands above it; the hint says what is expected before one errs. */
export function TextField(
  asked: Omit<TextFieldProps, 'className' | 'children' | 'isInvalid'> &
    Asked & { lines?: number; placeholder?: string },
) {
  const { label, hint, error, lines = 1, placeholder = '', ...props } = asked
  return (
    <Typed {...props} className="field" {...faultyBy(asked)}>
      <Label>{label}</Label>
      {hint !== undefined && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      {lines > 1 ? <TextArea rows={lines} placeholder={placeholder} /> : <Input placeholder={placeholder} />}
      <Fault error={error} />
    </Typed>
  )
}

export type Choice<K extends string = string> = { id: K; name: string; hint?: string }

/** One of several, from a list that opens. For up to about six that one should see at once, take `Choices`. */
export function Select<K extends string>(
  asked: Asked & {
    choices: readonly Choice<K>[]
    value: K | null
    onChange: (value: K) => void
    isRequired?: boolean
    isDisabled?: boolean
    placeholder?: string
  },
) {
  const { label, hint, error, choices, value, onChange } = asked
  const { isRequired = false, isDisabled = false, placeholder = '' } = asked
  const choose = (key: unknown) => {
    const found = choices.find(each => each.id === key)
    if (found !== undefined) onChange(found.id)
  }
  return (
    <Chosen
      className="field select"
      value={value}
      onChange={choose}
      isRequired={isRequired}
      isDisabled={isDisabled}
      {...faultyBy(asked)}
      placeholder={placeholder}
    >
      <Label>{label}</Label>
      {hint !== undefined && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <Button className="select-button">
        <SelectValue />
        <span aria-hidden="true" className="select-mark">
          ▾
        </span>
      </Button>
      <Fault error={error} />
      <Popover className="popover">
        <ListBox className="options" items={choices}>
          {each => (
            <ListBoxItem id={each.id} textValue={each.name} className="option">
              <span>{each.name}</span>
              {each.hint !== undefined && <span className="quiet small">{each.hint}</span>}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Chosen>
  )
}

/** One of a few, all of them in sight. */
export function Choices<K extends string>(
  asked: Omit<RadioGroupProps, 'className' | 'children' | 'value' | 'onChange'> &
    Asked & { choices: readonly Choice<K>[]; value: K | null; onChange: (value: K) => void },
) {
  const { label, hint, error, choices, value, onChange, ...props } = asked
  const choose = (key: string) => {
    const found = choices.find(each => each.id === key)
    if (found !== undefined) onChange(found.id)
  }
  return (
    <RadioGroup {...props} className="field" value={value} onChange={choose} {...faultyBy(asked)}>
      <Label>{label}</Label>
      {hint !== undefined && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <div className="radios">
        {choices.map(each => (
          <Radio key={each.id} value={each.id} className="radio">
            <span className="dot" aria-hidden="true" />
            <span>
              {each.name}
              {each.hint !== undefined && <span className="quiet small block">{each.hint}</span>}
            </span>
          </Radio>
        ))}
      </div>
      <Fault error={error} />
    </RadioGroup>
  )
}

/** Yes or no. Never ticked beforehand where it is somebody's consent. */
export function Checkbox({
  children,
  ...props
}: Omit<CheckboxProps, 'className' | 'children'> & { children: ReactNode }) {
  return (
    <Ticked {...props} className="checkbox">
      <span className="box" aria-hidden="true" />
      <span>{children}</span>
    </Ticked>
  )
}
