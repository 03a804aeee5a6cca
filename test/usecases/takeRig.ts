import { plainText } from '../../src/domain/result/phrase.ts'
import type { AskMessages } from '../../src/usecases/takeAsk.ts'

/** Messages as their kind and what matters of them. */
export const SAID: AskMessages<string> = {
  failure: (failure) => `failure ${failure.code}`,
  mistyped: (failure, asks) => `mistyped ${failure.code}: ${asks.join(' | ')}`,
  incomplete: (failure, words) => `incomplete ${failure.code}: ${words}`,
  menu: (runnable) => `menu ${names(runnable)}`,
  help: (runnable) => `help ${names(runnable)}`,
  runbookHelp: ({ runbook }) => `help for ${runbook.name}`,
  list: (runnable) => `list ${names(runnable)}`,
  found: (runnable, words) => `found ${names(runnable)} for ${words.join(' ')}`,
  whoami: ({ person, place, roles }) =>
    `${person.person.user} in ${place.channel} as ${roles.map(({ name }) => name).join(',')}`,
  status: (runs) => `status ${runs.map(({ run, state }) => `${run} ${state}`).join(',')}`,
  cancelled: (run) => `cancelled ${run}`,
  answer: ({ run }) => `answer ${run}`,
  diff: ({ added, gone }) => `diff ${added.calls} new ${gone.calls} gone`,
  held: (run, hold) => `${hold ? 'held' : 'released'} ${run}`,
  accepted: (run, { words, chosen, notes }) =>
    `accepted ${run}: ${[words, ...chosen.map(plainText)].join(' · ')} [${notes.join(' ')}]`,
}

function names(runnable: readonly { readonly runbook: { readonly name: string } }[]): string {
  return runnable.map(({ runbook }) => runbook.name).join(',')
}
