import type { ShownDetails } from '../../../domain/policy/approvalDetails.ts'
import { counted, type Phrase, say } from '../../../domain/result/phrase.ts'
import { code, mrkdwn } from '../../../domain/result/safe.ts'
import { SECTION_MAX } from './message.ts'

/** Of what tier a question is, and why. */
export function questionTierPhrase(tier: string, why: string): Phrase {
  return say`It is ${/^[aeiou]/.test(tier) ? 'an' : 'a'} ${tier} question: ${why}.`
}

/** What was typed as the reason, whole. */
export function reasonLine(reason: string): string {
  return reason === '' ? 'No reason was given.' : `*Reason:* ${code(reason, SECTION_MAX)}`
}

/** One line for each thing that is asked; what stands in the file is counted here and named with the file's hash. */
export function detailLines({ details, file }: ShownDetails): readonly string[] {
  const lines = details.map(({ name, values, inFile }) => {
    const one = values.length === 1
    const shown = inFile
      ? `${one ? counted((values[0] ?? '').length, 'character') : counted(values.length, 'entry', 'entries')}, in the file`
      : values.map((each) => code(each, SECTION_MAX)).join(', ')
    return `*${mrkdwn(name, 120)}${one ? '' : ` (${values.length})`}:* ${shown}`
  })
  if (file === undefined) return lines
  return [...lines, `*In full:* ${code(file.name, 100)} in the thread, SHA-256 ${code(file.sha256, 80)}`]
}
