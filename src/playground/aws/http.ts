import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Service } from './call.ts'
import { AwsError, queryCode, statusOf } from './errors.ts'
import { refusal } from './services/xml.ts'

/** AWS: Common Errors, RequestEntityTooLarge. Bytes. */
const BODY_MAX = 1_048_576

/** The body, if it has no more bytes than allowed. */
export async function readBody(request: IncomingMessage, max = BODY_MAX): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > max) throw new AwsError('RequestEntityTooLarge', 'The request size exceeds 1 MB.', 413)
    chunks.push(chunk)
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
}

export type Answer = {
  readonly status: number
  readonly type: string
  readonly body: string | Buffer
  readonly errorType?: string
}

const TYPES = { json: 'application/x-amz-json-1.1', 'rest-json': 'application/json', query: 'text/xml' } as const

export function success(protocol: Service['protocol'], body: string | Buffer): Answer {
  return { status: 200, type: TYPES[protocol], body }
}

/** A refusal in the form of the protocol. */
export function failure(protocol: Service['protocol'], error: AwsError, requestId: string): Answer {
  const status = statusOf(protocol, error)
  if (protocol === 'query') {
    return { status, type: TYPES.query, body: refusal(queryCode(error.code), error.message, requestId, status) }
  }
  const body = JSON.stringify({ __type: error.code, message: error.message })
  return { status, type: TYPES[protocol], body, errorType: error.code }
}

/** Sends an answer. The Date header is the signing clock's: SDKs correct their own clock by it. */
export function send(response: ServerResponse, answer: Answer, requestId: string, date: Date): void {
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body
  response.writeHead(answer.status, {
    'content-type': answer.type,
    'content-length': body.length,
    date: date.toUTCString(),
    'x-amzn-requestid': requestId,
    ...(answer.errorType !== undefined && { 'x-amzn-errortype': answer.errorType }),
  })
  response.end(body)
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(`${JSON.stringify(value)}\n`)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length })
  response.end(body)
}
