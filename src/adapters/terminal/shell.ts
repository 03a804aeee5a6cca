import { visible } from '../../domain/result/safe.ts'

/** Nothing in these does anything in a shell. Left out besides what all of them know: `=x` is a path in zsh, `%self` a number in fish. */
const HARMLESS = /^[\w@+:,./-][\w@+=:,./-]*$/

/**
 * A word as bash, zsh, fish and every POSIX shell take it literally. Between single quotes fish reads `\'` and `\\` and the others do not:
 * both characters stand outside the quotes, where all of them read a backslash alike.
 */
export function shellWord(word: string): string {
  return HARMLESS.test(word) ? word : `'${word.replace(/['\\]/g, "'\\$&'")}'`
}

/**
 * A question's words for a shell, undefined when they cannot be pasted: what hides would be shown as something else. The quotes of the
 * grammar belong to the question, so that one with any goes through as a single word.
 */
export function shellWords(words: string): string | undefined {
  if (visible(words) !== words) return undefined
  return words.split(' ').every((word) => HARMLESS.test(word)) ? words : shellWord(words)
}

/**
 * What a command is for, on a line above it. Whoever marks one line too many pastes this too, and zsh knows no comments at its prompt:
 * nothing is left in it that a shell would act on.
 */
export function harmlessLabel(label: string): string {
  return visible(label).replace(/[^\p{L}\p{M}\p{N} .,:@/+…→-]/gu, '_')
}
