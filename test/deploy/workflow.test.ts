import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'

const TEXT = readFileSync('.github/workflows/ci.yml', 'utf8')

type Step = { readonly uses?: string; readonly run?: string; readonly with?: { readonly [name: string]: unknown } }
type Job = {
  readonly permissions: object
  readonly steps: readonly Step[]
  readonly strategy?: { readonly matrix: { readonly node: readonly number[] } }
}
const workflow = parse(TEXT) as { readonly permissions: object; readonly jobs: { readonly [name: string]: Job } }
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps)

test('no job may do more than read the project, and none keeps its credentials', () => {
  assert.deepEqual(workflow.permissions, {})
  for (const job of Object.values(workflow.jobs)) assert.deepEqual(job.permissions, { contents: 'read' })
  for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@')))
    assert.equal(step.with?.['persist-credentials'], false)
})

test('every action is pinned by its commit, with the version beside it', () => {
  const used = [...TEXT.matchAll(/uses: (.+)$/gm)].map(([, action = '']) => action)
  assert.ok(used.length > 0)
  for (const action of used) assert.match(action, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
})

test('the tests run on every version of Node that package.json promises', () => {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    readonly engines: { readonly node: string }
  }
  const nodes = workflow.jobs['test']?.strategy?.matrix.node ?? []
  assert.deepEqual(nodes, [20, 22, 24])
  assert.equal(engines.node, `>=${Math.min(...nodes)}.19`)
})

test('every script that a job runs is in package.json', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly scripts: object }
  const runs = steps.flatMap(({ run }) => [...(run ?? '').matchAll(/\bnpm (?:run (?:-s )?)?([\w:-]+)/g)])
  for (const [, name = ''] of runs) assert.ok(name === 'ci' || Object.hasOwn(scripts, name), name)
})
