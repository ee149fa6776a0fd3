type Dated = { readonly validFrom?: string | null | undefined; readonly validTo?: string | null | undefined }

/**
 * Whether something with a first and a last day holds at a moment (epoch milliseconds), both days included, reckoned in
 * the zone's own calendar: a law of 1 July begins at midnight where it applies.
 */
export function holdsAt({ validFrom, validTo }: Dated, at: number, zone: string): boolean {
  const day = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate().toString()
  return (validFrom ?? day) <= day && day <= (validTo ?? day)
}

/** Those values of a list that hold at that moment. */
export function valuesAt<Value extends Dated>(values: readonly Value[], at: number, zone: string): Value[] {
  return values.filter(value => holdsAt(value, at, zone))
}
