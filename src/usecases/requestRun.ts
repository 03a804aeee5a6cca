import type { AuditStep } from '../domain/audit/step.ts'
import type { Failure } from '../domain/failure.ts'
import { err, ok, type Result } from '../domain/outcome.ts'
import type { Approval } from '../domain/policy/approval.ts'
import type { Candidate } from '../domain/policy/approvers.ts'
import { originOf, type SignedAsk } from '../domain/policy/ask.ts'
import type { Basis } from '../domain/policy/basis.ts'
import type { Glass } from '../domain/policy/breakGlass.ts'
import { admit, type Decision, decide } from '../domain/policy/decide.ts'
import type { Investigation } from '../domain/policy/investigation.ts'
import type { Person, PersonFacts, PlaceFacts } from '../domain/policy/person.ts'
import type { Policy } from '../domain/policy/policy.ts'
import { defaultScope } from '../domain/policy/roles.ts'
import type { Ask as AskOfPolicy } from '../domain/policy/weigh.ts'
import { ESTIMATE_FIRST_S, type Estimate, estimateOf } from '../domain/query/estimate.ts'
import { type Query, queryHash } from '../domain/query/query.ts'
import type { Request } from '../domain/request/command.ts'
import { echo, withoutGlass } from '../domain/request/echo.ts'
import { withOutsideQuestions } from '../domain/request/outside.ts'
import { parseCommand } from '../domain/request/parse.ts'
import { type Scope, scopeAccountWords } from '../domain/request/scope.ts'
import { toQuery } from '../domain/request/toQuery.ts'
import {
  approvalKey,
  askedKey,
  askedOnKey,
  heldKey,
  investigationRunKey,
  joinedKey,
  type Objects,
  runbookKey,
  terminalKey,
} from '../domain/result/objects.ts'
import { maskedTyped } from '../domain/result/secrets.ts'
import { bind } from '../domain/runbook/bind.ts'
import type { Library, Runbook } from '../domain/runbook/runbook.ts'
import type { Asking } from './approvals.ts'
import { askOthers, destinationOf, placeOf, questionKey } from './askOthers.ts'
import type { Breaking } from './breakGlass.ts'
import { noteCloses } from './followed.ts'
import { readHeld } from './heldRun.ts'
import { type MintDeps, mint } from './mint.ts'
import { type ScopeDeps, scopeOf } from './scopeOf.ts'
import { type GrantedUnder, underInvestigation } from './underInvestigation.ts'

export type RequestDeps = MintDeps &
  ScopeDeps & {
    readonly objects: Objects
    readonly library: Library
    readonly policy: Policy
    /** Most rows of an answer, whatever the role. */
    readonly rows: number
    readonly personFacts: (person: Person) => Promise<PersonFacts>
    readonly placeFacts: (
      place: { readonly channel: string; readonly thread?: string },
      person: Person,
    ) => Promise<PlaceFacts>
    /** Claims the question for this run, or gives the run that is answering it already. */
    readonly join: (question: string, run: string) => Promise<string>
    /** Gives up a claim that is this run's. */
    readonly leave: (question: string, run: string) => Promise<void>
    /** Who may approve something now: a question that nobody can approve is refused at once. */
    readonly approvers: () => Promise<readonly Candidate[]>
    /** Asks others to approve, and has them shown what. `alone`: the nearest question that needs nobody. */
    readonly askApproval: (asking: Asking, alone: string | undefined) => Promise<Result<Approval, Failure>>
    readonly enqueue: (run: string, token: string) => Promise<void>
    readonly status: (run: string, token: string) => Promise<void>
    /** Shows what a question would take, with buttons to begin or to narrow it. */
    readonly showEstimate: (run: string, token: string) => Promise<void>
    /** Milliseconds between two requests to an account and Region. */
    readonly paceMs: number
    /** What a decision must know of whoever breaks the glass. */
    readonly glass: (person: Person, reason: string | undefined) => Promise<Glass>
    /** Opens the review of a question that does without approval, and has everybody told; gives by what it is allowed. */
    readonly breakGlass: (breaking: Omit<Breaking, 'parties' | 'cost'>) => Promise<Basis>
    /** Those that are open now. */
    readonly investigations: () => Promise<readonly Investigation[]>
    readonly remember: (person: Person, run: string) => Promise<void>
  }

/**
 * What became of a request. `joined`: somebody's identical question is being answered, or `waits` for approval, in the same place. `waiting`: it
 * needs approval, which was asked for. `needless`: it was asked by break-glass, and nobody's approval was needed.
 */
export type Requested =
  | { readonly kind: 'running'; readonly run: string; readonly echo: string; readonly needless?: true }
  | { readonly kind: 'waiting'; readonly run: string; readonly echo: string }
  | { readonly kind: 'joined'; readonly run: string; readonly echo: string; readonly waits: boolean }

/** What the bot keeps of a run it allowed: the token (expired soon, still a proof) and the words it was asked in. */
export type Asked = {
  readonly version: 1
  readonly token: string
  readonly echo: string
  readonly scope: string
  readonly question: string
  /** The workflow's step that waits for the verdict. */
  readonly step?: string
}

/** A signed ask, all the way to a run in the queue: facts, parse, scope, decision, token. Repeating it changes nothing. */
export async function requestRun(ask: SignedAsk, deps: RequestDeps): Promise<Result<Requested, Failure>> {
  const before = await deps.objects.read(askedKey(ask.run))
  if (before !== undefined)
    return ok(await resume(ask.run, JSON.parse(before.toString('utf8')) as Asked, ask.person, deps))
  const held = await readHeld(ask.run, deps.objects)
  if (held !== undefined) return ok(await offer(ask.run, held.asked, deps))
  if (ask.closes !== undefined) await noteCloses(ask.run, ask.closes, deps.objects)
  const [person, place, approvers] = await Promise.all([
    deps.personFacts(ask.person),
    deps.placeFacts(placeOf(ask), ask.person),
    deps.approvers(),
  ])
  const entry = admit(person, place, deps.policy)
  if (entry.outcome === 'refuse') {
    await record(ask, entry, {}, deps)
    return err(entry.failure)
  }
  const understood = await understand(ask, person, place, deps)
  if (!understood.ok) return understood
  const { request, runbook, scope } = understood.value
  const query = toQuery(request, scope, runbook, deps.rows, new Date(ask.iat * 1000))
  if (!query.ok) return query
  const facts = { person, place, query: query.value, runbook, inventory: deps.inventory(), library: deps.library }
  const asks = request.breakGlass === true ? { ...facts, glass: await deps.glass(ask.person, request.reason) } : facts
  const decision = decide({ ...asks, approvers }, deps.policy)
  const words = echo(request)
  const echoed = echo(withoutGlass(request))
  const free = decision.outcome === 'allow' && decision.skipped === undefined
  const under = free ? undefined : await underOpen(asks, ask.iat, deps)
  const detail = { runbook: runbook.name, asked: words, ...reasonOf(request) }
  const decided = under === undefined ? decision : { ...under, outcome: 'allow' as const, reason: decision.reason }
  await record(ask, decided, under === undefined ? detail : { ...detail, ...underWords(under) }, deps, query.value)
  // Nobody reads what a workflow's step would have to wait for.
  if (decided.outcome === 'refuse' || (decided.outcome === 'approve' && ask.step !== undefined))
    return err(decided.failure)

  const question = questionKey({ ...ask, words })
  const holder = await holderOf(question, ask.run, deps)
  if (holder !== ask.run) {
    await deps.objects.create(joinedKey(ask.run), JSON.stringify({ run: holder }))
    const [asked, wanted] = await Promise.all([askedKey(holder), approvalKey(holder, 1)].map(deps.objects.size))
    const waits = asked === undefined && wanted !== undefined
    return ok({ kind: 'joined', run: holder, echo: words, waits })
  }
  const scopeWords = scopeAccountWords(scope, deps.inventory())
  if (decided.outcome === 'approve') {
    const asking = { decision: decided, runbook, words, scope: scopeWords, reason: request.reason }
    return await freed(question, ask.run, deps, () => askOthers(ask, asking, question, deps))
  }
  const to = destinationOf(ask, decided.answerTo)
  const long = longerThanAMinute(ask, request, decided.query, runbook, deps)
  const minted = {
    run: ask.run,
    person: ask.person,
    role: decided.role,
    tier: decided.tier,
    policy: decided.policy,
    query: decided.query,
    to,
    ...(under === undefined ? {} : { basis: under.basis }),
  }
  const skipped = 'skipped' in decided ? decided.skipped : undefined
  const asked = await freed(question, ask.run, deps, async (): Promise<Asked> => {
    const breaking = { ...minted, skipped, reason: request.reason ?? '', words: echoed, place: placeOf(ask) }
    const basis = skipped === undefined ? {} : { basis: await deps.breakGlass({ ...breaking, skipped }) }
    const { token } = await mint({ ...minted, ...basis, askedAt: ask.iat }, 'minted', decided.checks, deps)
    const kept: Asked = {
      version: 1,
      token,
      echo: echoed,
      scope: scopeWords,
      question,
      ...(ask.step === undefined ? {} : { step: ask.step }),
    }
    await Promise.all([
      keepRunbook(runbook, deps.objects),
      deps.objects.create(askedOnKey(new Date(ask.iat * 1000), ask.run), ''),
      under === undefined ? undefined : deps.objects.create(investigationRunKey(under.basis.id, ask.run), ''),
    ])
    if (long !== undefined)
      await deps.objects.create(heldKey(ask.run), JSON.stringify({ version: 1, asked: kept, estimate: long }))
    else await deps.objects.create(askedKey(ask.run), JSON.stringify(kept))
    return kept
  })
  if (long !== undefined) {
    // Nobody answers it yet: whoever asks the same is not told that somebody does.
    await deps.leave(question, ask.run)
    await deps.remember(ask.person, ask.run)
    return ok(await offer(ask.run, asked, deps))
  }
  const running = await resume(ask.run, asked, ask.person, deps)
  return ok(request.breakGlass === true && skipped === undefined ? { ...running, needless: true } : running)
}

/** What an investigation that was open when it was asked grants of a question, if one does. */
async function underOpen(asks: AskOfPolicy, askedAt: number, deps: RequestDeps): Promise<GrantedUnder | undefined> {
  if (deps.policy.investigations === undefined) return undefined
  const open = (await deps.investigations()).filter(({ from }) => from <= askedAt)
  return underInvestigation(asks, open, deps.policy)
}

function underWords({ basis }: GrantedUnder): { readonly investigation: string } {
  return { investigation: basis.id }
}

/** What a question will take, when it is long enough to be asked for first. A workflow has nobody to press a button. */
function longerThanAMinute(
  ask: SignedAsk,
  request: Request,
  query: Query,
  runbook: Runbook,
  deps: RequestDeps,
): Estimate | undefined {
  if (request.now === true || request.breakGlass === true || ask.entry === 'step') return undefined
  const organisation = deps.inventory().accounts.map(({ id }) => id)
  const { match } = bind(runbook, query.parameters, organisation)
  const estimate = estimateOf(query, match, deps.paceMs, deps.now())
  return estimate.seconds > ESTIMATE_FIRST_S ? estimate : undefined
}

/** Shows what it would take; nothing is queued. */
async function offer(run: string, asked: Asked, deps: RequestDeps): Promise<Requested> {
  await deps.showEstimate(run, asked.token)
  return { kind: 'running', run, echo: asked.echo }
}

/** Puts a decision into the record, with what was asked. */
async function record(
  ask: SignedAsk,
  decision: Pick<Decision, 'outcome' | 'reason' | 'policy' | 'checks'>,
  detail: NonNullable<AuditStep['detail']>,
  deps: RequestDeps,
  query?: Query,
): Promise<void> {
  await deps.audit({
    step: 'decided',
    outcome: decision.outcome === 'allow' ? 'allow' : 'deny',
    at: deps.now().toISOString(),
    run: ask.run,
    ...(query === undefined ? {} : { queryHash: queryHash(query) }),
    person: ask.person,
    checks: decision.checks,
    detail: { policy: decision.policy, decision: decision.reason, ...detail },
  })
}

function reasonOf({ reason }: Request): { readonly reason?: string } {
  return reason === undefined ? {} : { reason: maskedTyped(reason) }
}

/** Does what makes a run of a claimed question. If it cannot be done the claim is given up: nobody waits for a run that may never be. */
async function freed<T>(question: string, run: string, deps: RequestDeps, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await deps.leave(question, run)
    throw error
  }
}

/** The run that answers a question: another's while that goes on, else this one. */
async function holderOf(question: string, run: string, deps: RequestDeps): Promise<string> {
  const holder = await deps.join(question, run)
  if (holder === run || (await deps.objects.size(terminalKey(holder))) === undefined) return holder
  await deps.leave(question, holder)
  return await deps.join(question, run)
}

/** From here on everything can be repeated: job ids keep a run from being queued twice. */
async function resume(
  run: string,
  asked: Asked,
  person: Person,
  deps: RequestDeps,
): Promise<Extract<Requested, { kind: 'running' }>> {
  await deps.enqueue(run, asked.token)
  await deps.status(run, asked.token)
  await deps.remember(person, run)
  return { kind: 'running', run, echo: asked.echo }
}

/** A runbook's text is in the store from its first question on: later ones only look. */
async function keepRunbook({ digest, text }: Runbook, objects: Objects): Promise<void> {
  const key = runbookKey(digest)
  if ((await objects.size(key)) === undefined) await objects.create(key, text)
}

type Understood = { readonly request: Request; readonly runbook: Runbook; readonly scope: Scope }

async function understand(
  ask: SignedAsk,
  person: PersonFacts,
  place: PlaceFacts,
  deps: RequestDeps,
): Promise<Result<Understood, Failure>> {
  const command = parseCommand(ask.text, deps.library, {
    now: new Date(ask.iat * 1000),
    timeZone: person.timeZone,
    inventory: deps.inventory(),
    origin: originOf(ask.entry),
  })
  if (!command.ok) return command
  if (command.value.kind !== 'run') return err({ code: 'unknown_runbook', input: command.value.kind })
  const { request } = command.value
  const runbook = deps.library.find(request.runbook)
  if (runbook === undefined) return err({ code: 'unknown_runbook', input: request.runbook })
  const scope = await scopeOf(request, runbook, defaultScope(person, place, deps.policy), deps)
  return scope.ok ? ok({ request, runbook, scope: scope.value }) : err(withOutsideQuestions(scope.error, deps.library))
}
