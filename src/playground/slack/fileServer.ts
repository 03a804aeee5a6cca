import type { IncomingMessage, ServerResponse } from 'node:http'
import { takeFault } from './faults.ts'
import { bodyOf, sendText } from './http.ts'
import type { Call, SlackFile } from './types.ts'
import { kindOf, remember, tokenOf, withFault } from './webApi.ts'
import type { Workspace } from './workspace.ts'

function log(ws: Workspace, method: string, args: Record<string, unknown>, token: Call['token']): Call {
  const call: Call = {
    at: ws.now(),
    method,
    args,
    token,
    status: 0,
    ok: false,
    error: undefined,
    fault: undefined,
    ms: 0,
  }
  remember(ws, call)
  return call
}

/**
 * The address that files.getUploadURLExternal gives out. Takes the bytes raw or as the one part of a multipart form
 * (the WebClient's field `body`, and it sends its token too, which is not looked at: the address is the secret).
 */
export async function serveUpload(
  ws: Workspace,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bodyOf(request)
  const upload = ws.uploads.get(token)
  const call = log(ws, 'upload', { file: upload?.file_id }, kindOf(ws, tokenOf(request, {})))
  const content = await bytesOf(request.headers['content-type'] ?? '', body)
  const fault = takeFault(ws.faults, 'upload', '')
  call.fault = fault?.kind
  const answer = await withFault(ws, fault, response, () => {
    const fits = upload !== undefined && content.length === upload.length
    if (fits) upload.content = content
    return { status: fits ? 200 : upload ? 400 : 404, body: { ok: fits }, headers: {} }
  })
  if (!answer) return
  call.status = answer.status
  call.ok = answer.body['ok'] === true
  sendText(response, answer.status, 'text/plain', call.ok ? `OK - ${content.length}` : 'Bad upload')
}

async function bytesOf(contentType: string, body: Buffer): Promise<Buffer> {
  if (!contentType.startsWith('multipart/form-data')) return body
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData()
  const part = [...form.values()].find((value) => typeof value !== 'string')
  return part === undefined || typeof part === 'string' ? Buffer.alloc(0) : Buffer.from(await part.arrayBuffer())
}

/** `url_private` and `url_private_download`: with the bot token and files:read the bytes, else the sign-in page. */
export async function serveDownload(
  ws: Workspace,
  fileId: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const file = ws.files.get(fileId)
  const token = kindOf(ws, tokenOf(request, {}))
  const call = log(ws, 'download', { file: fileId }, token)
  const fault = takeFault(ws.faults, 'download', '')
  call.fault = fault?.kind
  const answer = await withFault(ws, fault, response, () => ({ status: 200, body: { ok: true }, headers: {} }))
  if (!answer) return
  call.status = answer.status
  const allowed = token === 'bot' && ws.settings.scopes.includes('files:read')
  if (!allowed) return sendText(response, 200, 'text/html', '<html><body>Sign in to Slack</body></html>')
  if (!file || file.deleted) return sendText(response, 404, 'text/plain', 'Not found')
  call.ok = true
  sendFile(response, file)
}

/** A file for a person: only when they are in a channel where it is shared. */
export function servePersonFile(ws: Workspace, url: URL, response: ServerResponse): void {
  const file = ws.files.get(url.searchParams.get('id') ?? '')
  const user = url.searchParams.get('user') ?? ''
  const seen = file?.shares.some((share) => ws.channels.get(share.channel)?.members.includes(user))
  if (!file || file.deleted || (user !== '' && !seen)) sendText(response, 404, 'text/plain', 'Not found')
  else sendFile(response, file)
}

/** Always as an attachment and never sniffed: what the app uploads is not a page of ours. */
function sendFile(response: ServerResponse, file: SlackFile): void {
  const plain = file.name.replaceAll(/[^\w.-]/g, '_')
  response.writeHead(200, {
    'content-type': file.mimetype,
    'content-length': String(file.content.length),
    'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    'x-content-type-options': 'nosniff',
  })
  response.end(file.content)
}
