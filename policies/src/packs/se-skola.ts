import type { PolicyPackSource } from '../pack.ts'

/**
 * Cameras at Swedish municipal upper-secondary schools. Up to 31 March 2025 a camera needed a permit, since 1 April 2025
 * a documented assessment and an entry in the register: the values that changed carry their first or last day.
 */
export const seSkola: PolicyPackSource = {
  v: 1,
  id: 'se-skola',
  title: 'Swedish municipal upper-secondary schools, trygghetskameror',
  language: 'sv',
  validFrom: null,
  validTo: null,
  regime: {
    v: 'GDPR+KBL',
    f: 'law',
    s: 'kamerabevakningslagen (2018:1200), KBL, 6-7 §§ as amended by 2025:220',
  },
  legalBasis: {
    v: 'task of public interest under kamerabevakningslagen',
    f: 'law',
    s: 'kamerabevakningslagen (2018:1200), KBL, 7-9 §§',
  },
  zone: { v: 'Europe/Stockholm', f: 'default', s: 'where the school is' },
  decider: { v: 'controller_assessment', f: 'law', s: 'KBL 8-9 §§: documented balancing before start' },
  autoStart: { v: true, f: 'default', s: 'only inside the assessed schedule' },
  mustRecord: [{ v: 'assessed_schedule_only', f: 'default', s: '' }],
  mayRecord: [
    {
      v: 'facade_plus_2m_mon_fri_20_06_weekend_17_07',
      f: 'policy',
      s: 'IMY Q&A, earlier practice',
      schedule: [
        { days: [1, 2, 3, 4, 5], from: '20:00', to: '06:00' },
        { days: [6, 7], from: '17:00', to: '07:00' },
      ],
    },
    {
      v: 'inside_spot_with_documented_serious_incidents',
      f: 'policy',
      s: 'IMY Aspudden decision: fires at toilet doors',
    },
  ],
  mustNot: [
    { v: 'whole_corridors_classrooms_schooltime', f: 'policy', s: 'IMY Aspudden: SEK 800,000' },
    { v: 'toilet_changing_room_interior', f: 'default', s: '' },
    { v: 'attendance_or_grading_use', f: 'default', s: '' },
    {
      v: 'emotion_recognition_in_education',
      f: 'law',
      s: 'AI Act art. 5(1)(f); from general knowledge; not checked against the text, not read by a lawyer',
    },
  ],
  mustStop: [
    {
      v: 'assessment_missing_or_outdated',
      f: 'law',
      s: 'KBL 9 §: new assessment before intrusive change',
      validFrom: '2025-04-01',
    },
    { v: 'need_reassessed_negative', f: 'default', s: '' },
  ],
  tasks: [
    {
      v: 'facade_evenings_and_nights',
      f: 'policy',
      s: 'IMY Q&A, earlier practice',
      triggers: ['facade_plus_2m_mon_fri_20_06_weekend_17_07'],
      zones: [],
    },
    {
      v: 'spot_indoors_after_serious_incidents',
      f: 'policy',
      s: 'IMY Aspudden decision: fires at toilet doors',
      triggers: ['inside_spot_with_documented_serious_incidents'],
      zones: [],
    },
    { v: 'camera_inside_its_schedule', f: 'default', s: '', triggers: ['assessed_schedule_only'], zones: [] },
    {
      v: 'corridors_and_classrooms_in_school_hours',
      f: 'policy',
      s: 'IMY Aspudden: SEK 800,000',
      triggers: [],
      zones: ['whole_corridors_classrooms_schooltime'],
    },
    { v: 'toilets_and_changing_rooms', f: 'default', s: '', triggers: [], zones: ['toilet_changing_room_interior'] },
    { v: 'attendance', f: 'default', s: '', triggers: [], zones: ['attendance_or_grading_use'] },
  ],
  override: {
    who: {
      v: 'none: incident mode only by named head + security officer',
      f: 'default',
      s: '',
      roles: ['site-head'],
      inDanger: false,
    },
    reason: { v: 'required, time-boxed P1D', f: 'default', s: '', least: 20, within: null, lasts: 'P1D' },
    second: { v: true, f: 'default', s: '' },
  },
  notice: {
    duty: {
      v: 'clear signs or other effective way; separate notice if sound',
      f: 'law',
      s: 'KBL 15 §',
      required: true,
    },
    exception: { v: 'none for schools', f: 'law', s: 'KBL 16-17 §§', allowed: false },
  },
  buffer: { seconds: { v: 0, f: 'default', s: '' }, audio: { v: false, f: 'default', s: '' } },
  sound: {
    v: 'off; KBL 15 § needs separate notice; Stockholm schools: no sound',
    f: 'default',
    s: '',
    on: false,
  },
  retention: {
    uncategorised: {
      v: 'PT72H',
      f: 'policy',
      s: 'IMY: three days is a good rule of thumb; Stockholm 72 h',
      dir: 'max',
    },
    normal: { v: 'PT72H', f: 'policy', s: 'IMY: three days is a good rule of thumb; Stockholm 72 h', dir: 'max' },
    incident_clip: { v: 'P90D', f: 'default', s: '', dir: 'review' },
    police_request_hold: { v: 'P30D', f: 'default', s: '', dir: 'review' },
    balancing_record: {
      v: 'P5Y',
      f: 'law',
      s: 'KBL 9 §: at least five years after monitoring ended',
      dir: 'min',
      anchor: 'monitoring_end',
      appliesTo: 'record',
    },
    camera_register: {
      v: 'P5Y',
      f: 'law',
      s: 'KBL 10 §',
      dir: 'min',
      anchor: 'monitoring_end',
      appliesTo: 'record',
    },
  },
  brake: { v: { items: 100, share: 20 }, f: 'default', s: 'a run that would remove more than both stops and asks' },
  gates: [
    {
      v: 'permit',
      f: 'law',
      s: 'KBL (2018:1200) as it stood before 2025:220: permit of the supervisory authority; § to be confirmed; not read by a lawyer',
      validTo: '2025-03-31',
    },
    { v: 'documented_assessment', f: 'law', s: 'KBL 8-9 §§ as amended by 2025:220', validFrom: '2025-04-01' },
    { v: 'register_entry', f: 'law', s: 'KBL 10 § as amended by 2025:220', validFrom: '2025-04-01' },
    { v: 'sign', f: 'law', s: 'KBL 15 §' },
    { v: 'union_negotiation', f: 'law', s: 'KBL 21 §, MBL 11-14 §§', onlyWorkplace: true },
  ],
  view: {
    anyone: {
      v: 'only after an incident',
      f: 'policy',
      s: 'Rönninge, Lerum, Stockholm practice',
      roles: [],
      needs: ['incident'],
      never: true,
    },
    named: {
      v: 'few named staff',
      f: 'policy',
      s: 'Stockholm schools',
      roles: ['site-head', 'evidence-clerk'],
      needs: ['purpose', 'incident', 'second-person'],
    },
    data_protection: {
      v: 'audit_or_access_request',
      f: 'default',
      s: '',
      roles: ['data-protection-officer', 'auditor'],
      needs: ['purpose', 'second-person'],
    },
  },
  purposes: [
    {
      v: 'preventing_and_solving_crime',
      f: 'seed',
      s: 'programme document of the Örebro upper-secondary schools: "ett legitimt verktyg för att förebygga och utreda brott"',
      roles: ['site-head', 'evidence-clerk'],
      needsCase: false,
    },
    {
      v: 'police_request',
      f: 'policy',
      s: 'offentlighets- och sekretesslagen (OSL); on request for crime',
      roles: ['site-head', 'evidence-clerk'],
      needsCase: true,
    },
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
    { v: 'view_incident', f: 'default', s: '', act: 'view', when: 'always' },
    { v: 'export', f: 'default', s: '', act: 'export', when: 'always' },
    { v: 'schedule_change', f: 'default', s: '', act: 'schedule-change', when: 'always' },
  ],
  disclosure: [
    { v: 'police', f: 'policy', s: 'offentlighets- och sekretesslagen (OSL); on request for crime' },
    { v: 'data_subject', f: 'default', s: '' },
  ],
  logRetention: { v: 'P5Y', f: 'default', s: '', dir: 'max', anchor: 'end_of_item' },
  logScope: {
    v: ['collection', 'alteration', 'consultation', 'disclosure', 'combination', 'erasure'],
    f: 'default',
    s: 'GDPR art. 5(2), 32',
  },
  register: {
    v: ['address', 'place_type', 'purpose', 'sound_or_special_technique', 'assessment_done_and_last_date'],
    f: 'law',
    s: 'KBL 10 § 1-5',
    validFrom: '2025-04-01',
  },
  coDetermination: {
    v: 'MBL 11-14 §§ negotiation reference before a workplace camera goes live',
    f: 'law',
    s: 'KBL 21 §',
    required: true,
  },
  sanctions: {
    v: ['missing_assessment', 'missing_register', 'missing_notice', 'broken_conditions'],
    f: 'law',
    s: 'KBL 25 §',
  },
  reporting: [
    { v: 'register_to_imy_on_request', f: 'law', s: 'KBL 10 §' },
    { v: 'pilot_evaluation', f: 'seed', s: 'programme document of the Örebro upper-secondary schools' },
    { v: 'yearly_need_review_per_camera', f: 'default', s: '', every: 'P1Y' },
  ],
}
