import { durationWords } from '@vidne/locales/forms'
import { type InstallationKey, ofInstallation } from '@vidne/locales/installation'
import { type Open, open } from './open-door.ts'
import type { OwnAccount, OwnRefusal } from './people/people.ts'
import { qrPicture } from './qr-picture.ts'

type Errors = Record<'NOT_ALLOWED' | 'NOT_FOUND' | 'CONFLICT', (p: { data: { sentence: string } }) => Error>

const CODES = {
  'no-account': 'NOT_ALLOWED',
  'not-fresh': 'CONFLICT',
  'wrong-password': 'NOT_ALLOWED',
  'wrong-passkey': 'NOT_ALLOWED',
  'wrong-code': 'NOT_ALLOWED',
  'no-such-passkey': 'NOT_FOUND',
  'last-way': 'CONFLICT',
} as const
const WORDS = {
  'no-account': 'own.noAccount',
  'not-fresh': 'own.notFresh',
  'wrong-password': 'own.wrongPassword',
  'wrong-passkey': 'signIn.wrongPasskey',
  'wrong-code': 'signIn.wrongCode',
  'no-such-passkey': 'own.noSuchPasskey',
  'last-way': 'own.lastWay',
} as const satisfies Record<Exclude<OwnRefusal, object>, InstallationKey>

function said({ about: { language } }: Open, errors: Errors, refused: OwnRefusal): Error {
  if (typeof refused === 'string')
    return errors[CODES[refused]]({ data: { sentence: ofInstallation(language, WORDS[refused], {}) } })
  const time = durationWords(language, Math.max(1, refused.wait) * 1000)
  return errors.CONFLICT({ data: { sentence: ofInstallation(language, 'signIn.wait', { time }) } })
}

/** The account of whoever sits at the browser that asks; a token has none. */
function mine(context: Open, errors: Errors): OwnAccount {
  const { house, who, about } = context
  if (house === null || !who.holds || who.by !== 'session') throw said(context, errors, 'no-account')
  return house.ground.people.signIn.own(context.origin, { actor: who.actor, address: about.client })
}

/** What was done, or its refusal in the asker's language. */
function done<T extends object | string>(context: Open, errors: Errors, answer: T): Exclude<T, Refused> {
  if (isRefused(answer)) throw said(context, errors, answer.refused)
  return answer as Exclude<T, Refused>
}

type Refused = { readonly refused: OwnRefusal }
const isRefused = (answer: object | string): answer is Refused => typeof answer === 'object' && 'refused' in answer

/** By what one signs in: seen and changed by oneself, at a browser. */
export const ownAccount = {
  look: open.ownAccount.look.handler(async ({ context, errors }) => {
    if (context.who.holds && context.who.by === 'token') return { account: null }
    const found = await mine(context, errors).look()
    if (found === null) return { account: null }
    const { passkeys, account: name, recoveryCodes, byAgency, fresh } = found
    const shown = passkeys.map(one => ({
      ...one,
      madeAt: one.madeAt === null ? null : new Date(one.madeAt).toISOString(),
    }))
    return { account: { passkeys: shown, name, recoveryCodes, byAgency, fresh } }
  }),
  askPasskey: open.ownAccount.askPasskey.handler(async ({ context, errors }) => {
    const name = context.actor?.name ?? ''
    const begun = done(context, errors, await mine(context, errors).askPasskey(name))
    for (const cookie of begun.cookies) context.answer.append('set-cookie', cookie)
    return { options: begun.answer }
  }),
  addPasskey: open.ownAccount.addPasskey.handler(async ({ input, context, errors }) => {
    const shown = { ...input, cookie: context.cookie }
    done(context, errors, await mine(context, errors).addPasskey(shown))
    return { state: 'added' as const }
  }),
  namePasskey: open.ownAccount.namePasskey.handler(async ({ input, context, errors }) => {
    done(context, errors, await mine(context, errors).namePasskey(input))
    return { state: 'named' as const }
  }),
  removePasskey: open.ownAccount.removePasskey.handler(async ({ input, context, errors }) => {
    done(context, errors, await mine(context, errors).removePasskey(input.id))
    return { state: 'removed' as const }
  }),
  changePassword: open.ownAccount.changePassword.handler(async ({ input, context, errors }) => {
    done(context, errors, await mine(context, errors).changePassword(input))
    return { state: 'changed' as const }
  }),
  askCode: open.ownAccount.askCode.handler(async ({ input, context, errors }) => {
    const { uri } = done(context, errors, await mine(context, errors).askNewCode(input.password))
    return { uri, picture: qrPicture(uri) }
  }),
  confirmCode: open.ownAccount.confirmCode.handler(async ({ input, context, errors }) => {
    done(context, errors, await mine(context, errors).confirmNewCode(input.code))
    return { state: 'changed' as const }
  }),
  recoveryCodes: open.ownAccount.recoveryCodes.handler(async ({ input, context, errors }) => {
    const codes = done(context, errors, await mine(context, errors).newRecoveryCodes(input.password))
    return { codes: [...codes] }
  }),
}
