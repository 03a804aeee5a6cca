import type { Answer } from '../domain/result/answer.ts'
import { foundPhrase, type Standing, shortQuestion, standingOf, verdictPhrase } from '../domain/result/headline.ts'
import { type Objects, terminalKey } from '../domain/result/objects.ts'
import { joined, plainText, say } from '../domain/result/phrase.ts'
import { plain } from '../domain/result/safe.ts'
import { type AskedDeps, readAsked } from './cancelRun.ts'
import { type Done, openMemory } from './deliverMemory.ts'
import { isSlackFault } from './deliverTypes.ts'
import { readAnswer, type WithholdDeps } from './readAnswer.ts'

/** What a workflow gets back: the step's outputs, by the names that the manifest gives them. */
export type StepOutputs = {
  readonly verdict: Standing
  readonly summary: string
  readonly run: string
  readonly permalink: string
}

export type CompleteDeps = AskedDeps &
  WithholdDeps & {
    readonly objects: Pick<Objects, 'create' | 'read' | 'list' | 'size'>
    /** Each is called until Slack has taken it; that the step is over already counts as taken. Throws a SlackFault. */
    readonly completeStep: (execution: string, outputs: StepOutputs) => Promise<void>
    readonly failStep: (execution: string, why: string) => Promise<void>
    readonly permalink: (channel: string, ts: string) => Promise<string | undefined>
    readonly now: () => Date
  }

const SUMMARY_MAX = 1_000
const UNDELIVERED = 'The answer could not be given in that channel, so nothing of it is given to the workflow.'

/**
 * Gives a workflow the verdict of the run that it asked for, once its last message is delivered; nothing for other runs. Where the channel may not
 * have the answer the workflow gets none of it either: what it does with its outputs nobody decides about. May be repeated.
 * @returns false when Slack must be asked again later.
 */
export async function completeStep(run: string, deps: CompleteDeps): Promise<boolean> {
  const found = await readAsked(run, deps)
  const execution = found?.asked.step
  if (found === undefined || execution === undefined) return true
  if ((await deps.objects.size(terminalKey(run))) === undefined) return true
  const memory = await openMemory(deps.objects, run)
  if (memory.has('step.done')) return true
  try {
    const at = memory.has('moved') ? undefined : await memory.get<Done>('final.done')
    if (at === undefined) await deps.failStep(execution, UNDELIVERED)
    else await deps.completeStep(execution, await outputsOf(run, at, deps))
  } catch (error) {
    if (!isSlackFault(error)) throw error
    if (error.kind !== 'refused') return false
  }
  await memory.put('step.done', { at: deps.now().toISOString() })
  return true
}

async function outputsOf(run: string, at: Done, deps: CompleteDeps): Promise<StepOutputs> {
  const answered = await readAnswer(run, deps)
  return {
    verdict: answered === undefined ? 'failed' : standingOf(answered.answer),
    summary: answered === undefined ? 'FAILED: NOT AN ALL-CLEAR' : summaryOf(answered.answer),
    run,
    permalink: (await deps.permalink(at.channel, at.ts)) ?? '',
  }
}

/** The news in one line, with nothing in it that hides. */
function summaryOf(answer: Answer): string {
  const phrase = joined([verdictPhrase(answer), shortQuestion(answer), foundPhrase(answer)], ' · ')
  return plain(plainText(say`${phrase}`), SUMMARY_MAX)
}
