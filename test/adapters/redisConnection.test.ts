import assert from 'node:assert/strict'
import { test } from 'node:test'
import { impatientRedis, patientRedis } from '../../src/adapters/redis/connection.ts'
import { sharedRedis } from './redis.ts'

const { url } = sharedRedis(13)

test('whoever must answer a person is told that Redis is away, instead of waiting for it', async () => {
  const redis = impatientRedis('redis://127.0.0.1:9')
  await assert.rejects(redis.ping())
  redis.disconnect()
})

test('whoever may wait is not told: the command is held until Redis is there', async () => {
  const redis = patientRedis('redis://127.0.0.1:9')
  const told = redis.ping().then(
    () => 'told',
    () => 'told',
  )
  const waited = new Promise((resolve) => setTimeout(() => resolve('held'), 300))
  assert.equal(await Promise.race([told, waited]), 'held')
  redis.disconnect()
})

test('both work on one that is there', async () => {
  const impatient = impatientRedis(url())
  await new Promise((resolve) => impatient.once('ready', resolve))
  const patient = patientRedis(url())
  assert.deepEqual(await Promise.all([impatient.ping(), patient.ping()]), ['PONG', 'PONG'])
  impatient.disconnect()
  patient.disconnect()
})

test('a demoted primary’s refusal makes the connection anew and the command is sent again; other errors do not', () => {
  for (const redis of [patientRedis(url()), impatientRedis(url())]) {
    const { reconnectOnError } = redis.options
    redis.disconnect()
    assert.equal(reconnectOnError?.(new Error("READONLY You can't write against a read only replica.")), 2)
    assert.equal(reconnectOnError?.(new Error('OOM command not allowed')), false)
  }
})
