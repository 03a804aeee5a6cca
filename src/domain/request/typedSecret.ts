import { markedIn, maskedText, secretByName } from '../result/secrets.ts'
import { unquote, type Word } from './words.ts'

/** As AWS makes them (AWS: IAM user guide, access keys): 40 letters, digits, + and /, of each kind some. */
const SECRET_KEY = /^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[A-Za-z0-9+/]{40}$/

/** Where a key's id belongs its secret is easily pasted. */
const KEY_NAME = /^(?:access-?)?key(?:id)?$/i

/**
 * What kind of secret somebody typed where a value belongs; undefined when it is none. A name of 40 letters and digits can be asked about all the
 * same, with what it is: `role=…`.
 */
export function typedSecret({ raw, name, value }: Word): string | undefined {
  const text = withoutMarks(unquote(value ?? raw))
  const named = name === undefined ? undefined : secretByName(name)
  if (named !== undefined && text !== '') return named
  if (SECRET_KEY.test(text) && (name === undefined || KEY_NAME.test(name))) return 'secret key'
  const masked = maskedText(raw)
  return masked === raw ? undefined : (markedIn(masked) ?? 'secret')
}

/** The kind of secret that a word is, or was before its mark took its place. */
export function secretIn(word: Word): string | undefined {
  if (word.name?.toLowerCase() === 'reason') return undefined
  return markedIn(word.raw) ?? typedSecret(word)
}

/** What is pasted with a secret: a comma, a bracket, a quote that nothing closes. */
function withoutMarks(text: string): string {
  return /^[^A-Za-z0-9+/]{0,4}(.*?)[^A-Za-z0-9+/]{0,4}$/s.exec(text)?.[1] ?? text
}
