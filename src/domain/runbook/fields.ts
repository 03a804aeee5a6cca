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

/** What there is below fields that are the same for every event (AWS: CloudTrail userIdentity element, record contents). */
export const FIELDS_WITHIN: { readonly [field: string]: readonly string[] } = {
  userIdentity: [
    ...['type', 'principalId', 'arn', 'accountId', 'accessKeyId', 'userName', 'invokedBy', 'identityProvider'],
    ...['credentialId', 'onBehalfOf', 'onBehalfOf.userId', 'onBehalfOf.identityStoreArn'],
    ...['inScopeOf', 'inScopeOf.issuerType', 'inScopeOf.sourceArn', 'inScopeOf.sourceAccount'],
    ...['inScopeOf.credentialsIssuedTo', 'sessionContext', 'sessionContext.sourceIdentity'],
    ...['sessionContext.attributes', 'sessionContext.attributes.creationDate'],
    ...['sessionContext.attributes.mfaAuthenticated', 'sessionContext.sessionIssuer'],
    ...['type', 'principalId', 'arn', 'accountId', 'userName'].map((name) => `sessionContext.sessionIssuer.${name}`),
    ...['sessionContext.webIdFederationData', 'sessionContext.webIdFederationData.federatedProvider'],
    ...[
      'sessionContext.webIdFederationData.attributes',
      'sessionContext.ec2RoleDelivery',
      'sessionContext.assumedRoot',
    ],
  ],
  tlsDetails: ['tlsVersion', 'cipherSuite', 'clientProvidedHostHeader', 'keyExchange'],
  resources: ['ARN', 'accountId', 'type'],
}
