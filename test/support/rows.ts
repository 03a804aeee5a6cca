import type { Row } from '../../src/domain/result/row.ts'
import type { Telling } from '../../src/domain/result/telling.ts'

/** What a row of alice's tells; tests say what differs. */
export function aTelling(changes: Partial<Telling> = {}): Telling {
  return {
    who: 'alice',
    kind: 'user',
    address: '203.0.113.9',
    agent: 'aws-cli',
    change: true,
    credential: '',
    about: () => ({ target: 'user backup', detail: '' }),
    leads: [],
    ...changes,
  }
}

/** A row of one call by alice; tests say what differs. */
export function aResultRow(changes: Partial<Row> = {}): Row {
  return {
    eventTime: Date.parse('2026-11-20T13:52:07Z') / 1000,
    eventSource: 'iam.amazonaws.com',
    eventName: 'CreateUser',
    cells: ['2026-11-20T13:52:07Z', 'alice', 'CreateUser', 'backup'],
    outcome: 'done',
    errorCode: '',
    eventId: 'b1946ac9-0000-4000-8000-000000000001',
    account: '111122223333',
    region: 'us-east-1',
    telling: aTelling(),
    ...changes,
  }
}
