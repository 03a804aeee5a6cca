import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sendText } from './http.ts'
import type { Workspace } from './workspace.ts'

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

/** Nothing but this page's own files runs or loads; images may come from anywhere, as a message can show them. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: https: http://127.0.0.1:* http://localhost:*",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The folder of the page's files. They are not compiled, so from `dist/` they are found through the package root. */
export function pageFolder(from: string = fileURLToPath(import.meta.url)): string {
  let folder = dirname(from)
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error('the package root of ctq was not found')
    folder = parent
  }
  return join(folder, 'src', 'playground', 'slack', 'page')
}

/** Serves one of the page's files; `/` is index.html. Names with anything but letters, digits and `.-` are not found. */
export async function servePage(path: string, response: ServerResponse): Promise<void> {
  const name = path === '/' ? 'index.html' : path.slice(1)
  const type = TYPES[name.split('.').at(-1) ?? '']
  const file = join(pageFolder(), name)
  if (!type || !/^[a-zA-Z0-9-]+\.[a-z]+$/.test(name) || !existsSync(file))
    return sendText(response, 404, 'text/plain', 'Not found')
  response.setHeader('content-security-policy', POLICY)
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('referrer-policy', 'no-referrer')
  response.setHeader('cache-control', 'no-store')
  sendText(response, 200, type, await readFile(file))
}

/** How often an idle event stream says that it is alive, in milliseconds. */
const KEEPALIVE_MS = 15_000

/** Streams what changes in the workspace to a page, as server-sent events, until the page goes away. */
export function serveEvents(ws: Workspace, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.write('retry: 1000\n\n')
  const tell = (change: unknown): boolean => response.write(`data: ${JSON.stringify(change)}\n\n`)
  const keepalive = setInterval(() => response.write(': alive\n\n'), KEEPALIVE_MS)
  keepalive.unref()
  ws.watchers.add(tell)
  response.on('close', () => {
    clearInterval(keepalive)
    ws.watchers.delete(tell)
  })
}
