import { questions } from '../connection/questions.ts'

/** Somebody else sits here now: what was asked before is forgotten, and the desk begins anew. */
export async function entered(to = '/'): Promise<void> {
  questions.clear()
  // The page itself, not only its address: nothing of who sat here before stays in memory.
  location.assign(to)
}
