import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Call, Operation, Result, Service, World } from './call.ts'
import { began, type Counters, ended } from './counters.ts'
import { AwsError } from './errors.ts'
import { COMMON_ERRORS, type Fault, type Faults } from './faults.ts'
import type { Kept } from './history/shelf.ts'
import { type Answer, failure, readBody, send, success } from './http.ts'
import { type Caller, unrecognised } from './keyring.ts'
import type { Story } from './organisation/incident/story.ts'
import { isEnabled } from './organisation/organisation.ts'
import { recordsOf } from './selfAudit.ts'
import { readRequest, serviceOf } from './services/services.ts'
import { readAuthorization, verifySignature } from './sigv4.ts'
import { type TokenBucket, tokenBucket } from './tokenBucket.ts'

/** What the server keeps while it runs. */
export type Running = {
  readonly world: World
  readonly story: Story | undefined
  readonly faults: Faults
  readonly counters: Counters
  readonly keep: (record: Kept) => void
  readonly buckets: Map<string, TokenBucket>
  readonly now: () => Date
  readonly signingClock: () => Date
  readonly settings: Settings
}

/** What the control API may change while the server runs. Milliseconds, and calls a second. */
export type Settings = {
  rate: number
  burst: number
  latencyMs: number
  jitterMs: number
  deliveryDelayMs: number
}

type Verified = {
  readonly service: Service
  readonly operation: Operation
  readonly call: Call
}

/** Serves one call: signature, Region, injected faults, rate, the operation, its record, latency, answer. */
export async function serve(running: Running, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = randomUUID()
  const body = await readBody(request)
  const verified = verify(running, request, body, requestId)
  if ('answer' in verified) return send(response, verified.answer, requestId, running.signingClock())
  const { service, operation, call } = verified
  const count = running.counters.of(call.caller.account, call.region, operation.eventName)
  began(count)
  const fault = running.faults.next(operation.eventName, call.caller.account, call.region)
  const outcome = fault?.drop === 'before' ? undefined : attempt(running, operation, call, fault)
  if (outcome !== undefined) keepRecords(running, request, operation, call, outcome)
  await delay(running, fault)
  ended(count, codeOf(outcome), Date.now())
  if (outcome === undefined || fault?.drop === 'after') {
    request.socket.destroy()
    return
  }
  send(response, answerOf(service, outcome, requestId), requestId, running.signingClock())
}

function verify(
  running: Running,
  request: IncomingMessage,
  body: Buffer,
  requestId: string,
): Verified | { readonly answer: Answer } {
  let protocol: Service['protocol'] = 'json'
  try {
    const authorization = readAuthorization(request.headers)
    const service = serviceOf(authorization.service)
    protocol = service.protocol
    const now = running.now()
    const token = request.headers['x-amz-security-token']
    const found = running.world.keys.find(authorization.accessKeyId, token === undefined ? token : String(token), now)
    const target = request.url ?? '/'
    const signed = { method: request.method ?? '', target, headers: request.headers, body }
    verifySignature(signed, authorization, found.secret, running.signingClock())
    checkRegion(running, found.caller, authorization.region)
    const { operation, input } = readRequest(service, request.headers, target.split('?')[0] ?? '/', body)
    const { world } = running
    return {
      service,
      operation,
      call: { world, caller: found.caller, region: authorization.region, input, requestId, now },
    }
  } catch (error) {
    if (error instanceof AwsError) return { answer: failure(protocol, error, requestId) }
    throw error
  }
}

/** Keys are not known in a Region that the account has not enabled. */
function checkRegion({ world }: Running, caller: Caller, region: string): void {
  if (!isEnabled(world.organisation, caller.account, region)) throw unrecognised()
}

function attempt(running: Running, operation: Operation, call: Call, fault: Fault | undefined): Result | AwsError {
  try {
    if (fault?.code !== undefined) throw injected(fault.code, fault)
    if (operation.eventName === 'LookupEvents') spend(running, call)
    return operation.run(call)
  } catch (error) {
    if (error instanceof AwsError) return error
    throw error
  }
}

function injected(code: string, { message, status }: Fault): AwsError {
  const common = COMMON_ERRORS[code]
  return new AwsError(code, message ?? common?.message ?? code, status ?? common?.status)
}

/** One bucket an account and Region; a refused call costs nothing (an assumption: AWS does not say). */
function spend({ buckets, settings }: Running, { caller, region }: Call): void {
  const key = `${caller.account} ${region}`
  const nowMs = performance.now()
  const bucket = buckets.get(key) ?? tokenBucket(settings.rate, settings.burst, nowMs)
  buckets.set(key, bucket)
  if (!bucket.take(nowMs)) throw new AwsError('ThrottlingException', 'Rate exceeded')
}

function keepRecords(
  running: Running,
  request: IncomingMessage,
  operation: Operation,
  call: Call,
  outcome: Result | AwsError,
): void {
  const userAgent = String(request.headers['user-agent'] ?? '')
  const host = `${operation.eventSource.split('.')[0]}.${call.region}.amazonaws.com`
  const { deliveryDelayMs } = running.settings
  // The records live as long as the server: they must not hold on to a page of fifty others.
  const logged = outcome instanceof AwsError ? outcome : { ...outcome, body: '' }
  for (const record of recordsOf({ call, operation, outcome: logged, userAgent, host, deliveryDelayMs }))
    running.keep(record)
}

async function delay({ settings }: Running, fault: Fault | undefined): Promise<void> {
  const ms = settings.latencyMs + Math.random() * settings.jitterMs + (fault?.delayMs ?? 0)
  if (ms > 0) await sleep(ms)
}

function codeOf(outcome: Result | AwsError | undefined): string | undefined {
  if (outcome === undefined) return 'Dropped'
  return outcome instanceof AwsError ? outcome.code : undefined
}

function answerOf(service: Service, outcome: Result | AwsError, requestId: string): Answer {
  if (outcome instanceof AwsError) return failure(service.protocol, outcome, requestId)
  return success(service.protocol, outcome.body)
}
