import * as z from 'zod'
import { Code, CodeLeaf, leaf } from './leaf.ts'
import { Role } from './role.ts'

/**
 * What has to be there before somebody looks at footage. `own-report`: the viewer has written his own account of what
 * happened, and looks afterwards. `case-at-first-view`: a case number while nobody has looked at the recording yet.
 */
export const ViewNeed = z.enum(['purpose', 'case', 'case-at-first-view', 'incident', 'second-person', 'own-report'])
export type ViewNeed = z.infer<typeof ViewNeed>

/**
 * Who may look; no role at all means everybody. `own`: only at what the viewer recorded himself. `never`: the rule opens
 * nothing; it says that nobody looks unless another rule of the pack opens it.
 */
export const ViewLeaf = leaf(z.string().min(1), {
  roles: z.array(Role),
  needs: z.array(ViewNeed),
  own: z.literal(true).optional(),
  never: z.boolean().optional(),
})
export type ViewLeaf = z.infer<typeof ViewLeaf>

/** What may be done with the footage, and who may look at it for that. */
export const viewingFields = {
  view: z.record(Code, ViewLeaf),
  purposes: z.array(leaf(Code, { roles: z.array(Role).min(1), needsCase: z.boolean() })).min(1),
  disclosure: z.array(CodeLeaf),
}
