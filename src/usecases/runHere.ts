import type { Answer } from '../domain/result/answer.ts'
import { answerKey } from '../domain/result/objects.ts'
import { type PartJob, type ReadPartDeps, readPart } from './readPart.ts'
import { type RunDeps, type RunJob, runRun } from './runRun.ts'

export type HereDeps = ReadPartDeps &
  Omit<RunDeps, 'addParts' | 'deliver'> & {
    /** Called when a part has ended, for progress. */
    readonly partEnded: (job: PartJob) => void
  }

/** Parts read side by side in one process: every account and Region has a pace of its own. */
const PARTS_AT_ONCE = 128

/** Runs a question in this process, without a queue: the same planning, reading and merging as the workers do. */
export async function runHere(job: RunJob, deps: HereDeps): Promise<Answer> {
  const parts: PartJob[] = []
  const runDeps: RunDeps = {
    ...deps,
    addParts: async (token, run, places) => {
      parts.push(...places.map((place) => ({ ...place, token, run })))
    },
    deliver: async () => undefined,
  }
  for (let partsEnded = false; ; partsEnded = true) {
    const outcome = await runRun(job, { partsEnded }, runDeps)
    if (outcome.kind === 'final') throw new Error(outcome.why)
    if (outcome.kind !== 'wait for parts') break
    await readAll(parts.splice(0), deps)
  }
  const bytes = await deps.objects.read(answerKey(job.run))
  if (bytes === undefined) throw new Error('the run ended without an answer')
  return JSON.parse(bytes.toString('utf8')) as Answer
}

async function readAll(parts: readonly PartJob[], deps: HereDeps): Promise<void> {
  const queue = [...parts]
  const reader = async (): Promise<void> => {
    for (let part = queue.shift(); part !== undefined; part = queue.shift()) await readToEnd(part, deps)
  }
  await Promise.all(Array.from({ length: Math.min(PARTS_AT_ONCE, queue.length) }, reader))
}

async function readToEnd(part: PartJob, deps: HereDeps): Promise<void> {
  for (;;) {
    const outcome = await readPart(part, deps)
    if (outcome.kind === 'wait') await deps.sleep(Math.max(0, outcome.until.getTime() - deps.now().getTime()))
    else if (outcome.kind === 'final') throw new Error(outcome.why)
    else break
  }
  deps.partEnded(part)
}
