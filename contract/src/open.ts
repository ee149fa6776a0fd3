import { me } from './me.ts'
import { personas, signInAsPersona, signOut } from './sign-in.ts'

/** What anybody may ask under `/api` before being signed in. Everything else stands in `contract`, and wants a person. */
export const openContract = {
  me,
  signIn: { personas, persona: signInAsPersona, out: signOut },
}
