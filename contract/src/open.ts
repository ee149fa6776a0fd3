import { me } from './me.ts'
import {
  addOwnPasskey,
  askOwnCode,
  askOwnPasskey,
  changeOwnPassword,
  confirmOwnCode,
  makeRecoveryCodes,
  nameOwnPasskey,
  ownAccount,
  removeOwnPasskey,
} from './own-account.ts'
import { foundInstallation, lookAtSetUp } from './set-up.ts'
import {
  askNewPasskey,
  askOidc,
  askPasskey,
  choosePassword,
  joinByCode,
  joinByOidc,
  joinByPasskey,
  lookAtInvitation,
  personas,
  signInAsPersona,
  signInByPasskey,
  signInByPassword,
  signOut,
} from './sign-in.ts'
import { tour } from './tour.ts'

/** What anybody may ask under `/api` before being signed in. Everything else stands in `contract`, and wants a person. */
export const openContract = {
  me,
  signIn: {
    personas,
    persona: signInAsPersona,
    password: signInByPassword,
    askPasskey,
    passkey: signInByPasskey,
    askOidc,
    out: signOut,
  },
  invitation: {
    look: lookAtInvitation,
    password: choosePassword,
    code: joinByCode,
    askPasskey: askNewPasskey,
    passkey: joinByPasskey,
    oidc: joinByOidc,
  },
  ownAccount: {
    look: ownAccount,
    askPasskey: askOwnPasskey,
    addPasskey: addOwnPasskey,
    namePasskey: nameOwnPasskey,
    removePasskey: removeOwnPasskey,
    changePassword: changeOwnPassword,
    askCode: askOwnCode,
    confirmCode: confirmOwnCode,
    recoveryCodes: makeRecoveryCodes,
  },
  setUp: { look: lookAtSetUp, found: foundInstallation },
  tour,
}
