import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { WebClient } from '@slack/web-api'
import { runSlack } from '../../src/playground/slack/cli.ts'

const cli = fileURLToPath(new URL('../../src/playground/slack/cli.js', import.meta.url))

test('the command prints one JSON line when it is ready, and ends at SIGTERM', async (t) => {
  const program = `import(${JSON.stringify(`file://${cli}`)}).then(({ runSlack }) => runSlack(process.argv.slice(1)))`
  const child = spawn(process.execPath, ['-e', program, '--', '--no-data-table'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  const [line] = await once(child.stdout, 'data')
  const { slack } = JSON.parse(String(line)) as { slack: { apiUrl: string; botToken: string } }
  assert.equal((await new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl }).auth.test()).user, 'ctq')
  const settings = await fetch(new URL('/_playground/settings', slack.apiUrl))
  assert.equal(((await settings.json()) as { acceptsDataTable: boolean }).acceptsDataTable, false)
  child.kill('SIGTERM')
  assert.deepEqual(await once(child, 'exit'), [0, null])
})

for (const [args, complaint] of [
  [['--port', 'many'], /--port must be a port number/],
  [['--speed', '1'], /--speed/],
  [['--events-url', 'https://example.com/'], /on this machine/],
] as const)
  test(`the command refuses ${args.join(' ')}`, async () => {
    await assert.rejects(runSlack([...args]), complaint)
  })
