import type * as z from 'zod'
import { Role as roles } from '@vidne/policies/role'

/** The roles of an agency, as the rules of a policy name them; `dock` is a machine's. */
export const role = roles

export type Role = z.infer<typeof role>
