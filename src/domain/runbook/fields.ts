/** Top-level fields of a CloudTrail record, eventVersion 1.11 (AWS: CloudTrail record contents), and of an Insights event. */
export const RECORD_FIELDS: readonly string[] = [
  'addendum',
  'additionalEventData',
  'apiVersion',
  'awsRegion',
  'edgeDeviceDetails',
  'errorCode',
  'errorMessage',
  'eventCategory',
  'eventContext',
  'eventID',
  'eventName',
  'eventSource',
  'eventTime',
  'eventType',
  'eventVersion',
  'insightDetails',
  'managementEvent',
  'readOnly',
  'recipientAccountId',
  'requestID',
  'requestParameters',
  'resources',
  'responseElements',
  'serviceEventDetails',
  'sessionCredentialFromConsole',
  'sharedEventID',
  'sourceIPAddress',
  'tlsDetails',
  'userAgent',
  'userIdentity',
  'vpcEndpointAccountId',
  'vpcEndpointId',
]

/** What is wrong with a field's path, or undefined: names joined by dots, the first one a field of CloudTrail records. */
export function pathFault(path: string): 'shape' | 'unknown' | undefined {
  if (path.length > 300 || !/^[^.\s]+(\.[^.\s]+)*$/.test(path)) return 'shape'
  return RECORD_FIELDS.includes(path.split('.', 1)[0] ?? '') ? undefined : 'unknown'
}
