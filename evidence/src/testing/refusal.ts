import { FormatRefused } from '../shape.ts'

/** `accepted`, or the code and place of a FormatRefused. Anything else that is thrown goes through. */
export function formatFault(act: () => unknown): string {
  try {
    act()
    return 'accepted'
  } catch (error) {
    if (error instanceof FormatRefused) return `${error.code} ${error.where}`
    throw error
  }
}
