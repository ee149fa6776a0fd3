import { me } from './me.ts'

/** What anybody may ask under `/api` before being signed in. Everything else stands in `contract`, and wants a person. */
export const openContract = { me }
