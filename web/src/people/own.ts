import type { vidne } from '../connection/client.ts'
import { questions } from '../connection/questions.ts'

export type OwnLook = Awaited<ReturnType<typeof vidne.ownAccount.look>>
export type Own = NonNullable<OwnLook['account']>

/** What is asked anew after one's own account was changed. */
export const ownChanged = () => questions.invalidateQueries({ queryKey: ['own-account'] })
