import type { PolicyPackSource } from '../pack.ts'

/** Municipal public-order offices in North Rhine-Westphalia (Duisburg), body cameras. Readings of § 15c that a lawyer has yet to confirm say so. */
export const deNrwOa: PolicyPackSource = {
  v: 1,
  id: 'de-nrw-oa',
  title: 'NRW municipal public-order office (Duisburg), body cameras',
  language: 'de',
  validFrom: '2021-07-01',
  validTo: null,
  regime: {
    v: 'GDPR/LED by task',
    f: 'law',
    s: 'OBG NRW § 24(1) no. 6 applies PolG NRW §§ 15b, 15c since 1 July 2021; DSG NRW',
  },
  legalBasis: {
    v: 'PolG NRW § 15c applied through OBG NRW § 24(1) no. 6',
    f: 'law',
    s: 'OBG NRW § 24(1) no. 6 as amended, in force since 1 July 2021: StGB NRW 449/2021',
    validFrom: '2021-07-01',
  },
  zone: { v: 'Europe/Berlin', f: 'default', s: 'where the office is' },
  decider: {
    v: 'wearer',
    f: 'law',
    s: 'PolG NRW § 15c(1): wearer decides on the circumstances; homes: operation leader',
  },
  autoStart: {
    v: false,
    f: 'law',
    s: 'PolG NRW § 15c(1): the wearer decides; reading to be confirmed; 2023 decree as reported by WDR: no switch-on duty "for legal reasons"',
  },
  // By § 15c(1) the wearer decides, so nothing has to be recorded.
  mustRecord: [],
  mayRecord: [
    { v: 'facts_indicate_concrete_danger_to_life_or_limb_of_staff_or_third_party', f: 'law', s: 'PolG NRW § 15c(1)' },
  ],
  mustNot: [
    {
      v: 'home_unless_urgent_danger_and_leader_decides',
      f: 'law',
      s: 'PolG NRW § 15c(2)',
      unless: { urgentDanger: true, decidedBy: ['commander'] },
    },
    { v: 'professional_secrecy_area', f: 'law', s: 'PolG NRW § 15c(3), StPO §§ 53, 53a' },
    { v: 'covert', f: 'law', s: 'PolG NRW § 15c(1) "offen"' },
    {
      v: 'core_private_life',
      f: 'law',
      s: 'PolG NRW § 15c(5), VVPolG 15c.0; known from secondary sources; not checked against the text, not read by a lawyer',
    },
    {
      v: 'home_for_municipal_staff',
      f: 'law',
      s: 'PolG NRW § 15c(2) speaks of police leaders: blocked outright, reading to be confirmed',
    },
  ],
  mustStop: [
    {
      v: 'danger_over',
      f: 'law',
      s: 'PolG NRW § 15c(1); NRW court case: officer forgot to stop, recording unlawful but admitted',
    },
    {
      v: 'core_private_life_touched',
      f: 'law',
      s: 'PolG NRW § 15c(5); known from secondary sources; not checked against the text, not read by a lawyer',
    },
  ],
  tasks: [
    {
      v: 'patrol_special_field_service',
      f: 'seed',
      s: 'programme document of the Duisburg pilot: special field service',
      triggers: ['facts_indicate_concrete_danger_to_life_or_limb_of_staff_or_third_party'],
      zones: [],
    },
    {
      v: 'traffic_monitoring',
      f: 'seed',
      s: 'programme document of the Duisburg pilot: traffic monitoring',
      triggers: ['facts_indicate_concrete_danger_to_life_or_limb_of_staff_or_third_party'],
      zones: [],
    },
    {
      v: 'eviction_or_ban_from_a_place',
      f: 'default',
      s: '',
      triggers: ['facts_indicate_concrete_danger_to_life_or_limb_of_staff_or_third_party'],
      zones: [],
    },
    {
      v: 'assisting_other_offices',
      f: 'default',
      s: '',
      triggers: ['facts_indicate_concrete_danger_to_life_or_limb_of_staff_or_third_party'],
      zones: [],
    },
    { v: 'entering_a_home', f: 'default', s: '', triggers: [], zones: ['home_for_municipal_staff'] },
    { v: 'visit_to_doctor_lawyer_or_clergy', f: 'default', s: '', triggers: [], zones: ['professional_secrecy_area'] },
    { v: 'covert_observation', f: 'default', s: '', triggers: [], zones: ['covert'] },
  ],
  override: {
    who: {
      v: 'wearer on imminent danger (Gefahr im Verzug)',
      f: 'law',
      s: 'PolG NRW § 15c(2),(3)',
      roles: ['wearer'],
      inDanger: true,
    },
    reason: { v: 'required, >=20 chars', f: 'default', s: '', least: 20, within: null },
    second: { v: true, f: 'default', s: '' },
  },
  notice: {
    duty: { v: 'make recognisable and tell the person', f: 'law', s: 'PolG NRW § 15c(3)', required: true },
    exception: { v: 'imminent danger', f: 'law', s: 'PolG NRW § 15c(3)', allowed: true },
  },
  stages: {
    v: ['1_worn_visible', '2_announce_and_mirror_display_no_recording_green', '3_recording_red'],
    f: 'seed',
    s: 'programme document of the Duisburg pilot; lamp colours: mein-krefeld report',
    skipped: '§ 15c(3) s. 2',
  },
  buffer: {
    seconds: {
      v: 0,
      f: 'law',
      s: 'PolG NRW § 15c(1)-(3): no basis for a buffer, reading to be confirmed; Federal Police 30 s contested',
    },
    audio: { v: false, f: 'default', s: '' },
  },
  retention: {
    uncategorised: {
      v: 'P14D',
      f: 'law',
      s: 'PolG NRW § 15c(4): two weeks; known from secondary sources; not checked against the text, not read by a lawyer',
      dir: 'max',
      anchor: 'end_of_capture',
    },
    evidence: {
      v: 'P1Y',
      f: 'seed',
      s: 'programme document of the Duisburg pilot: only videos sent to the prosecutor are kept longer; review',
      dir: 'review',
      anchor: 'end_of_capture',
    },
  },
  brake: { v: { items: 100, share: 20 }, f: 'default', s: 'a run that would remove more than both stops and asks' },
  decision: {
    v: { fromDay: 10, atDay: 14, by: ['wearer', 'supervisor'] },
    f: 'law',
    s: 'PolG NRW § 15c(4): deletion decided by the recording officer with a superior’s consent; known from secondary sources; not checked against the text, not read by a lawyer; asking from day 10 is our choice',
  },
  view: {
    anyone: {
      v: 'not_viewed_unless_offence',
      f: 'seed',
      s: 'programme document of the Duisburg pilot: "not viewed"',
      roles: [],
      needs: [],
      never: true,
    },
    evidence_team: {
      v: 'two persons, with case number',
      f: 'default',
      s: '',
      roles: ['evidence-clerk', 'investigator', 'professional-standards'],
      needs: ['purpose', 'case', 'second-person'],
    },
    data_protection: {
      v: 'audit_or_access_request',
      f: 'default',
      s: '',
      roles: ['data-protection-officer', 'auditor'],
      needs: ['purpose', 'case-at-first-view', 'second-person'],
    },
  },
  purposes: [
    {
      v: 'criminal_prosecution',
      f: 'seed',
      s: 'programme document of the Duisburg pilot: evidence for law enforcement if an incident occurs',
      roles: ['evidence-clerk', 'investigator'],
      needsCase: true,
    },
    { v: 'complaint', f: 'default', s: '', roles: ['professional-standards'], needsCase: true },
    {
      v: 'access_request',
      f: 'default',
      s: '',
      roles: ['data-protection-officer', 'evidence-clerk'],
      needsCase: false,
    },
    { v: 'audit', f: 'default', s: '', roles: ['data-protection-officer', 'auditor'], needsCase: false },
  ],
  secondPerson: [
    {
      v: 'deletion_decision_wearer_plus_superior',
      f: 'law',
      s: 'PolG NRW § 15c(4); known from secondary sources; not checked against the text, not read by a lawyer',
      act: 'deletion-decision',
      when: 'always',
    },
    { v: 'first_view', f: 'default', s: '', act: 'first-view', when: 'always' },
    { v: 'export_to_prosecutor', f: 'default', s: '', act: 'export', when: 'always' },
  ],
  capture: {
    v: 'encrypted and tamper-proof when made and kept',
    f: 'law',
    s: 'PolG NRW § 15c(3) last sentence',
    sealedAtCapture: true,
  },
  disclosure: [
    { v: 'public_prosecutor', f: 'seed', s: 'programme document of the Duisburg pilot' },
    { v: 'police', f: 'default', s: '' },
    { v: 'data_subject', f: 'default', s: '' },
  ],
  logRetention: {
    v: 'P1Y',
    f: 'default',
    s: 'our default: delete at the end of the following calendar year, as BDSG § 76; from general knowledge; not checked against the text, not read by a lawyer; DSG NRW to be checked',
    dir: 'max',
    anchor: 'end_of_calendar_year',
  },
  logScope: {
    v: ['collection', 'alteration', 'consultation', 'disclosure', 'combination', 'erasure'],
    f: 'law',
    s: 'LED art. 25 / DSG NRW part 3; from general knowledge; not checked against the text, not read by a lawyer',
  },
  coDetermination: {
    v: 'staff council agreement reference',
    f: 'law',
    s: 'LPVG NRW § 72; from general knowledge; not checked against the text, not read by a lawyer',
    required: true,
  },
  reporting: [
    { v: 'evaluation_at_end_of_pilot', f: 'seed', s: 'programme document of the Duisburg pilot' },
    { v: 'yearly_stage_counts_assaults_recordings_kept', f: 'default', s: '', every: 'P1Y' },
  ],
}
