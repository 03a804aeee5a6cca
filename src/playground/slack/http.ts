import type { IncomingMessage, ServerResponse } from 'node:http'
import { isObject, type Json } from './json.ts'

/** Larger bodies than this are refused; the biggest honest one is an uploaded CSV. */
const BODY_BYTES_MAX = 200_000_000

/** The whole body of a request. @throws Error when it is larger than any honest one. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
    size += bytes.length
    if (size > BODY_BYTES_MAX) throw new Error('the body is too large')
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

/** Arguments from a query string, a form, JSON or multipart; undefined when the JSON is broken. */
export async function argumentsOf(url: URL, contentType: string, body: Buffer): Promise<Json | undefined> {
  const query = Object.fromEntries(url.searchParams)
  if (body.length === 0) return query
  if (contentType.startsWith('application/json')) {
    const json = parsed(body.toString('utf8'))
    return isObject(json) ? { ...query, ...json } : undefined
  }
  if (contentType.startsWith('multipart/form-data')) {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData()
    return { ...query, ...Object.fromEntries([...form].filter(([, value]) => typeof value === 'string')) }
  }
  return { ...query, ...Object.fromEntries(new URLSearchParams(body.toString('utf8'))) }
}

/** Text as JSON; undefined when it is not. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(JSON.stringify(body))
}

/** Answers with text of the given type. */
export function sendText(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { 'content-type': type })
  response.end(body)
}
