import type { PolicyPackSource } from '../pack.ts'

/** The Metropolitan Police, body-worn video. Where a basis says that it was not checked against the text, nobody has. */
export const ukMet: PolicyPackSource = {
  v: 1,
  id: 'uk-met',
  title: 'Metropolitan Police, body-worn video',
  validFrom: null,
  validTo: null,
  regime: {
    v: 'UK LED part',
    f: 'law',
    s: 'DPA 2018 Part 3; CPIA 1996; police information and records management code (ex-MoPI); from general knowledge; not checked against the text, not read by a lawyer',
  },
  zone: { v: 'Europe/London', f: 'default', s: 'where the force is' },
  decider: {
    v: 'policy',
    f: 'seed',
    s: 'programme document of the 2014 London trial (500 cameras, ten boroughs): "strict guidance about when cameras are to be used"; 2014 trial guidance made the officer personally responsible',
  },
  autoStart: { v: true, f: 'default', s: '' },
  mustRecord: [
    { v: 'stop_and_search', f: 'policy', s: 'GMP public page; Met practice' },
    {
      v: 'use_of_force',
      f: 'policy',
      s: 'NPCC practice; from general knowledge; not checked against the text, not read by a lawyer',
    },
    {
      v: 'domestic_abuse',
      f: 'policy',
      s: 'programme document of the 2014 London trial (500 cameras, ten boroughs) and GMP public page',
    },
    { v: 'arrest', f: 'default', s: '' },
    { v: 'vehicle_stop', f: 'default', s: '' },
    { v: 'premises_search', f: 'default', s: '' },
    {
      v: 'post_incident_until_released',
      f: 'policy',
      s: 'IOPC to GMP 2022: keep on until arrival at post-incident procedure',
    },
  ],
  mayRecord: [
    { v: 'first_account', f: 'default', s: '' },
    { v: 'scene_walkthrough', f: 'default', s: '' },
  ],
  mustNot: [
    {
      v: 'intelligence_only',
      f: 'policy',
      s: 'Met: "not kept for intelligence"; unlawful to use a search only to get footage',
    },
    {
      v: 'interview_under_caution_substitute',
      f: 'policy',
      s: 'College of Policing: does not replace a PACE interview; from general knowledge; not checked against the text, not read by a lawyer',
    },
    {
      v: 'intimate_search',
      f: 'policy',
      s: 'College of Policing; from general knowledge; not checked against the text, not read by a lawyer',
    },
    {
      v: 'legally_privileged',
      f: 'policy',
      s: 'College of Policing; from general knowledge; not checked against the text, not read by a lawyer',
    },
    { v: 'covert', f: 'default', s: '' },
  ],
  mustStop: [
    { v: 'incident_concluded_after_short_tail', f: 'policy', s: 'GMP: keep recording a short while after' },
    { v: 'sensitive_location_no_longer_needed', f: 'default', s: '' },
  ],
  override: {
    who: {
      v: 'officer, must explain in record',
      f: 'policy',
      s: 'trial guidance: be able to explain record and non-record',
    },
    reason: { v: 'required, >=20 chars', f: 'default', s: '' },
    second: { v: true, f: 'default', s: '' },
  },
  notice: {
    duty: {
      v: 'inform as soon as practical',
      f: 'seed',
      s: 'programme document of the 2014 London trial (500 cameras, ten boroughs); Met page: must inform unless not possible; flashing red light',
    },
    exception: { v: 'situation makes it impossible', f: 'policy', s: 'Met page' },
  },
  buffer: {
    seconds: { v: 30, f: 'policy', s: '2014 Met guidance: rolling 30 s loop' },
    audio: { v: false, f: 'default', s: '' },
  },
  retention: {
    uncategorised: {
      v: 'P31D',
      f: 'seed',
      s: 'programme document of the 2014 London trial (500 cameras, ten boroughs); Met page "within 31 days"',
      dir: 'max',
      anchor: 'end_of_capture',
    },
    evidence: {
      v: 'P6M',
      f: 'law',
      s: 'CPIA code: until decision not to charge or acquittal; if convicted until release or 6 months from conviction, whichever is later; kept while the state of the case is unknown',
      dir: 'min',
      anchor: 'case',
      until: [
        { event: 'not_charged', period: 'P0D' },
        { event: 'acquitted', period: 'P0D' },
        { event: 'convicted', period: 'P6M' },
        { event: 'sentence_ended', period: 'P0D' },
      ],
    },
    mopi_group3: {
      v: 'P6Y',
      f: 'policy',
      s: 'police information and records management code (ex-MoPI), review; from general knowledge; not checked against the text, not read by a lawyer',
      dir: 'review',
      anchor: 'end_of_capture',
    },
    mopi_group2: {
      v: 'P10Y',
      f: 'policy',
      s: 'police information and records management code (ex-MoPI), review; from general knowledge; not checked against the text, not read by a lawyer',
      dir: 'review',
      anchor: 'end_of_capture',
    },
    mopi_group1: {
      v: 'P100Y',
      f: 'policy',
      s: 'police information and records management code (ex-MoPI), to age 100, reviewed every 10 years; from general knowledge; not checked against the text, not read by a lawyer',
      dir: 'review',
      anchor: 'end_of_capture',
    },
    complaint: { v: 'P1Y', f: 'default', s: '', dir: 'review', anchor: 'end_of_capture' },
  },
  brake: { v: { items: 100, share: 20 }, f: 'default', s: 'a run that would remove more than both stops and asks' },
  view: {
    wearer: {
      v: 'before statement, recorded in MG11 as viewed; not before first account after death/serious injury',
      f: 'policy',
      s: 'practice; from general knowledge; not checked against the text, not read by a lawyer',
    },
    supervisor: { v: 'sample or case', f: 'default', s: '' },
    scrutiny_panel: { v: 'independent public reference groups', f: 'policy', s: 'Met page' },
    investigator: { v: 'case_link', f: 'default', s: '' },
  },
  secondPerson: [
    { v: 'early_deletion', f: 'default', s: '', act: 'early-deletion', when: 'always' },
    { v: 'category_downgrade', f: 'default', s: '', act: 'category-downgrade', when: 'always' },
    { v: 'hold_release', f: 'default', s: '', act: 'hold-release', when: 'always' },
    { v: 'export_outside_authority', f: 'default', s: '', act: 'export', when: 'outside-authority' },
  ],
  disclosure: [
    { v: 'CPS', f: 'policy', s: 'MG6 schedules, unused material' },
    { v: 'defence_via_CPS', f: 'default', s: '' },
    { v: 'IOPC', f: 'policy', s: 'complaints' },
    { v: 'data_subject', f: 'policy', s: 'right of access, Met page' },
  ],
  logRetention: { v: 'P6Y', f: 'default', s: 'item life + 6 y', dir: 'max', anchor: 'end_of_item' },
  logScope: {
    v: ['collection', 'alteration', 'consultation', 'disclosure', 'combination', 'erasure'],
    f: 'law',
    s: 'DPA 2018 s.62; from general knowledge; not checked against the text, not read by a lawyer',
  },
  reporting: [
    { v: 'annual', f: 'default', s: '' },
    { v: 'community scrutiny', f: 'policy', s: 'Met page' },
  ],
}
