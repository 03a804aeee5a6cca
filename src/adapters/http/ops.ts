import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the process says of itself. Each gives a body, or throws for "not". */
export type OpsRoutes = {
  /** Alive: this process can answer. */
  readonly healthz: () => Promise<object>
  /** Ready: what it needs is there. `ok` false gives 503 with the same body. */
  readonly readyz: () => Promise<{ readonly ok: boolean } & object>
  /** Prometheus text. */
  readonly metrics: () => Promise<string>
  /** The public keys, where this process mints. */
  readonly jwks?: () => object
}

export type Route = {
  readonly path: string
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void
}

/** The routes as handlers, to serve beside Slack's own on one port. */
export function opsRoutes(routes: OpsRoutes): readonly Route[] {
  const json = (response: ServerResponse, status: number, body: object): void => {
    response
      .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      .end(`${JSON.stringify(body)}\n`)
  }
  const answer = (work: (response: ServerResponse) => Promise<void>): Route['handler'] => {
    return (_request, response) => {
      work(response).catch(() => json(response, 503, { ok: false }))
    }
  }
  const all: Route[] = [
    { path: '/healthz', handler: answer(async (response) => json(response, 200, await routes.healthz())) },
    {
      path: '/readyz',
      handler: answer(async (response) => {
        const state = await routes.readyz()
        json(response, state.ok ? 200 : 503, state)
      }),
    },
    {
      path: '/metrics',
      handler: answer(async (response) => {
        const text = await routes.metrics()
        response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(text)
      }),
    },
  ]
  const { jwks } = routes
  if (jwks !== undefined)
    all.push({ path: '/.well-known/jwks.json', handler: answer(async (response) => json(response, 200, jwks())) })
  return all
}

/** Serves the routes on a port of their own; 0 takes any. Gives the port and how to stop. */
export async function serveOps(
  routes: readonly Route[],
  port: number,
  host: string,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0]
    const route = routes.find((candidate) => candidate.path === path)
    if (route === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) response.writeHead(404).end()
    else route.handler(request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
