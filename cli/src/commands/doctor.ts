import { diagnose, toldIn } from '@vidne/server/operations/doctor'
import { repairVault } from '@vidne/server/operations/vault-upkeep'
import { openLogger } from '@vidne/server/platform/http/logging'
import { answer } from '../answers.ts'
import type { CommandSpec } from '../command.ts'
import { operatorLanguage } from '../operator-language.ts'
import { dataOption, findingLines, jsonOption } from './data-folder.ts'

export const doctor: CommandSpec = {
  name: 'doctor',
  positionals: [],
  options: { data: dataOption, json: jsonOption },
  summary: 'what is present, what is switched off, and whether it works',
  async run(given) {
    const diagnosis = await diagnose(given.text('data'), openLogger('silent'))
    const findings = diagnosis.findings.map(finding => toldIn(operatorLanguage(), finding))
    answer(given.flag('json'), { ...diagnosis, findings }, findingLines(findings))
    return diagnosis.ok ? 0 : 1
  },
}

export const vaultRepair: CommandSpec = {
  name: 'vault repair',
  positionals: [],
  options: { data: dataOption, json: jsonOption },
  summary: 'brings a lost or damaged copy of the vault back from the other one',
  async run(given) {
    const findings = await repairVault(given.text('data'), operatorLanguage())
    const stops = findings.some(finding => finding.stops)
    const lines = findings.map(finding => `${finding.stops ? 'STOPS' : 'weak'}  ${finding.text}`)
    answer(given.flag('json'), { repaired: !stops, findings }, [
      stops ? 'The vault is not whole:' : 'Both copies of the vault are whole.',
      ...lines,
    ])
    return stops ? 1 : 0
  },
}
