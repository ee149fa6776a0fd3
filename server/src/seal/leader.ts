import type { Database } from '../platform/database/door.ts'
import { tryLead } from './store.ts'

/** Runs work while no other process of this installation numbers or signs; `elsewhere` when one does. */
export type Lead = <T>(work: () => Promise<T>) => Promise<T | 'elsewhere'>

/**
 * On PostgreSQL an advisory lock, held by a transaction that does nothing else, so that it falls with its connection. The
 * embedded database belongs to one process anyway. The lock saves work and keeps order; that two processes cannot sign
 * two trees does not rest on it but on the lock store.
 */
export function leadThrough(database: Database): Lead {
  if (database.engine === 'embedded') return work => work()
  return async work => {
    const asked = Promise.withResolvers<boolean>()
    const done = Promise.withResolvers<void>()
    const lease = database.asInstallation(async trx => {
      const leads = await tryLead(trx)
      asked.resolve(leads)
      if (leads) await done.promise
    })
    lease.catch(asked.reject)
    if (!(await asked.promise)) return 'elsewhere'
    try {
      // Outside the lease's transaction: the work makes its own, which are durable before the lock falls.
      return await work()
    } finally {
      done.resolve()
      await lease.catch(() => undefined)
    }
  }
}
