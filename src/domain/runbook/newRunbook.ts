import { GLOBAL_SOURCES } from './lintBasics.ts'

/** What a new runbook is about. `isDated`: the event's name ends in a date. `leads`: there is a key-activity for it to lead on to. */
export type NewRunbook = {
  readonly name: string
  readonly eventSource: string
  readonly eventName: string
  readonly isDated: boolean
  readonly isData: boolean
  readonly leads: boolean
}

/** The text of a runbook about one event: complete, to be made into a question. */
export function newRunbookText({ name, eventSource, eventName, isDated, isData, leads }: NewRunbook): string {
  const isGlobal = GLOBAL_SOURCES.includes(eventSource)
  return `# yaml-language-server: $schema=../schema/runbook.json
language: 1
name: ${name}
title: Who called ${eventName}?
about: >-
  Calls of ${eventName}, refused ones included.
tags: [intrusion]
tier: open
parameters:
  principal: { type: principal, optional: true, example: alice, help: "who did it: an IAM user, role or session name, or an ARN" }
window: { default: 24h, max: 90d }
${isGlobal ? 'regions: global\n' : ''}${isData ? 'records: [data]\n' : ''}match:
  all:
    - { field: eventSource, equals: ${eventSource} }
    - { field: eventName, ${isDated ? 'prefix' : 'equals'}: ${eventName} }
    - { principal: $principal }
columns: [eventTime, who, eventName, target, outcome, account, region, sourceIPAddress, userAgent, accessKeyId, eventID]
group: [who, target, outcome]
${leads ? LEADS : ''}empty: Nobody called ${eventName} in this window, and nobody was refused it.
`
}

const LEADS = `next:
  - { runbook: key-activity, label: By key, with: { accessKeyId: accessKeyId } }
`

/** The text of fixtures for `newRunbookText`: a call, one refused, and the near misses that its clauses keep out. */
export function newFixturesText({ eventSource, eventName, isDated, isData }: NewRunbook): string {
  const readOnly = /^(?:Get|List|Describe|Head|BatchGet|Search|Lookup)/.test(eventName)
  return `matches:
  - name: done
    record:
      eventVersion: "1.11"
      userIdentity:
        type: IAMUser
        principalId: AIDACKCEVSQ6C2EXAMPLE
        arn: arn:aws:iam::111122223333:user/alice
        accountId: "111122223333"
        accessKeyId: AKIAIOSFODNN7EXAMPLE
        userName: alice
      eventTime: "2026-11-18T09:30:12Z"
      eventSource: ${eventSource}
      eventName: ${eventName}${isDated ? '20150331' : ''}
      awsRegion: us-east-1
      sourceIPAddress: 198.51.100.20
      userAgent: aws-cli/2.17.9
      requestParameters: null
      responseElements: null
      requestID: 6c1a4fbe-9d11-4c0a-b0c2-1d1a7f7b0001
      eventID: 0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a0001
      readOnly: ${readOnly}
      eventType: AwsApiCall
      managementEvent: ${!isData}
      recipientAccountId: "111122223333"
      eventCategory: ${isData ? 'Data' : 'Management'}
    row: { who: alice, outcome: done }
  - name: refused
    like: done
    set: { errorCode: AccessDenied, errorMessage: User is not authorized to perform this. }
    row: { outcome: denied }
misses:
  - like: done
    set: { eventName: ${isDated ? `Un${eventName}` : `${eventName}s`} }
    because: the name only ${isDated ? 'ends' : 'begins'} the same
  - like: done
    set: { eventSource: other.amazonaws.com }
    because: another service's event has the same name
  - like: done
    parameters: { principal: bob }
    because: somebody else was asked about
`
}
