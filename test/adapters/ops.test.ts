import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type OpsRoutes, opsRoutes, serveOps } from '../../src/adapters/http/ops.ts'
import { openMetrics } from '../../src/adapters/metrics/metrics.ts'

const FINE: OpsRoutes = {
  healthz: async () => ({ ok: true }),
  readyz: async () => ({ ok: true, connections: 2 }),
  metrics: async () => '# metrics\n',
}

async function served(
  t: TestContext,
  routes: Partial<OpsRoutes> = {},
): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const { port, close } = await serveOps(opsRoutes({ ...FINE, ...routes }), 0, '127.0.0.1')
  t.after(close)
  return async (path, init) => await fetch(`http://127.0.0.1:${port}${path}`, init)
}

test('a process says that it lives, that it is ready, and what it counted', async (t) => {
  const get = await served(t)
  const health = await get('/healthz')
  assert.deepEqual([health.status, await health.json()], [200, { ok: true }])
  assert.equal(health.headers.get('cache-control'), 'no-store')
  const ready = await get('/readyz?verbose')
  assert.deepEqual([ready.status, await ready.json()], [200, { ok: true, connections: 2 }])
  const metrics = await get('/metrics')
  assert.match(metrics.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
  assert.equal(await metrics.text(), '# metrics\n')
})

test('a process that is not ready says so with 503 and with what is missing', async (t) => {
  const get = await served(t, { readyz: async () => ({ ok: false, connections: 0 }) })
  const ready = await get('/readyz')
  assert.deepEqual([ready.status, await ready.json()], [503, { ok: false, connections: 0 }])
})

test('a check that breaks is "not ready", and its error goes nowhere', async (t) => {
  const get = await served(t, {
    readyz: async () => {
      throw new Error('redis://:hunter2@redis')
    },
  })
  const ready = await get('/readyz')
  assert.deepEqual([ready.status, await ready.json()], [503, { ok: false }])
})

test('public keys are published where tokens are minted, and nowhere else', async (t) => {
  const path = '/.well-known/jwks.json'
  const get = await served(t, { jwks: () => ({ keys: [{ kid: 'k1' }] }) })
  assert.deepEqual(await (await get(path)).json(), { keys: [{ kid: 'k1' }] })
  assert.equal((await (await served(t))(path)).status, 404)
})

for (const [path, method] of [
  ['/', 'GET'],
  ['/healthz/', 'GET'],
  ['/../healthz', 'POST'],
  ['/healthz', 'POST'],
  ['/metrics', 'DELETE'],
] as const)
  test(`${method} ${path} is not found`, async (t) => {
    const get = await served(t)
    assert.equal((await get(path, { method })).status, 404)
  })

test('a port that is taken is an error', async (t) => {
  const first = await serveOps([], 0, '127.0.0.1')
  t.after(first.close)
  await assert.rejects(serveOps([], first.port, '127.0.0.1'), { code: 'EADDRINUSE' })
})

test('closing does not wait for connections that are kept alive', async () => {
  const { port, close } = await serveOps(opsRoutes(FINE), 0, '127.0.0.1')
  await (await fetch(`http://127.0.0.1:${port}/healthz`)).text()
  // Node would close an idle connection after 5 seconds by itself (http.Server.keepAliveTimeout): the next request would come first.
  await close()
  await assert.rejects(fetch(`http://127.0.0.1:${port}/healthz`))
})

test('what ctq counts is there under Prometheus’s names, each process by itself', async () => {
  const [one, other] = [openMetrics(), openMetrics()]
  one.page('eu-west-1')
  one.page('eu-west-1')
  one.throttled('eu-west-1')
  one.fault('part')
  one.ended('partial')
  one.watch('waiting', async () => ({ run: 1, part: 7 }))
  const text = await one.text()
  for (const line of [
    'ctq_lookup_pages_total{region="eu-west-1"} 2',
    'ctq_lookup_throttled_total{region="eu-west-1"} 1',
    'ctq_job_faults_total{queue="part"} 1',
    'ctq_runs_total{verdict="partial"} 1',
    'ctq_jobs_waiting{queue="part"} 7',
  ])
    assert.ok(text.includes(line), `${line} is not in\n${text}`)
  assert.match(text, /^process_cpu_seconds_total /m)
  assert.doesNotMatch(await other.text(), /ctq_lookup_pages_total\{/)
})

test('what is watched is read anew at every scrape', async () => {
  const metrics = openMetrics()
  let waiting = 1
  metrics.watch('waiting', async () => ({ run: waiting }))
  assert.match(await metrics.text(), /ctq_jobs_waiting\{queue="run"\} 1\n/)
  waiting = 5
  assert.match(await metrics.text(), /ctq_jobs_waiting\{queue="run"\} 5\n/)
})
