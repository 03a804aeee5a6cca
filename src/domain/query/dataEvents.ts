/**
 * Events that only data events have as their name, whatever the service: LookupEvents never gives one (AWS: CloudTrail user guide, logging data events,
 * event history). From data/event-names.json, which a test holds this to.
 */
const ONLY_DATA: ReadonlySet<string> = new Set(
  (
    'ApplyGuardrail BatchGetItem BatchWriteItem BeginTransaction ChangeMessageVisibility ' +
    'ChangeMessageVisibilityBatch CompleteSnapshot CopyObject CreateControlChannel CreateDataChannel ' +
    'CreateMultipartUpload DeleteItem DeleteMessageBatch DeleteObjectTagging DeleteObjects ExecuteTransaction ' +
    'GetCredentialsForIdentity GetId GetItem GetMetricStatistics GetObjectAcl GetObjectLegalHold ' +
    'GetObjectRetention GetObjectTagging GetObjectTorrent GetOpenIdToken GetOpenIdTokenForDeveloperIdentity ' +
    'GetQueueAttributes GetQueueUrl GetSnapshotBlock HeadBucket HeadObject Invoke InvokeAgent InvokeAsync ' +
    'InvokeFlow InvokeHTTPEndpoint InvokeInlineAgent InvokeModelWithBidirectionalStream InvokeWithResponseStream ' +
    'ListChangedBlocks ListDeadLetterSourceQueues ListObjectVersions ListObjects ListQueueTags ListSnapshotBlocks ' +
    'OpenControlChannel OpenDataChannel PublishBatch PutAuditEvents PutItem PutLogEvents PutMetricData ' +
    'PutObjectAcl PutObjectLegalHold PutObjectRetention PutObjectTagging PutRecords PutSnapshotBlock ' +
    'PutTraceSegments ReceiveMessage RenameObject RenderPrompt RestoreObject RetrieveAndGenerate ' +
    'RollbackTransaction Scan SelectObjectContent SendBounce SendBulkEmail SendBulkTemplatedEmail ' +
    'SendCustomVerificationEmail SendEmail SendMessageBatch SendRawEmail SendTemplatedEmail StartSnapshot ' +
    'SubscribeToShard TransactGetItems TransactWriteItems UnlinkIdentity UpdateItem UploadPart UploadPartCopy'
  ).split(' '),
)

/** Data events of one service whose name is a management event of others. */
const ALSO_MANAGEMENT: { readonly [eventName: string]: readonly string[] } = {
  AbortMultipartUpload: ['glacier.amazonaws.com'],
  BatchExecuteStatement: ['redshift-data.amazonaws.com'],
  CommitTransaction: ['lakeformation.amazonaws.com'],
  CompleteMultipartUpload: ['glacier.amazonaws.com'],
  CreateSession: [
    'bedrock.amazonaws.com',
    'cloudshell.amazonaws.com',
    'glue.amazonaws.com',
    'nova-act.amazonaws.com',
    'wisdom.amazonaws.com',
  ],
  DeleteMessage: ['ec2messages.amazonaws.com', 'ivschat.amazonaws.com'],
  DeleteObject: ['clouddirectory.amazonaws.com', 'data.mediastore.amazonaws.com'],
  ExecuteStatement: ['redshift-data.amazonaws.com'],
  GetMetricData: ['connect.amazonaws.com'],
  GetObject: ['data.mediastore.amazonaws.com'],
  GetObjectAttributes: ['clouddirectory.amazonaws.com'],
  GetRecords: ['cassandra-streams.amazonaws.com'],
  GetShardIterator: ['cassandra-streams.amazonaws.com'],
  ListMultipartUploads: ['glacier.amazonaws.com'],
  ListParts: ['glacier.amazonaws.com'],
  ListQueues: ['connect.amazonaws.com', 'deadline.amazonaws.com', 'mediaconvert.amazonaws.com', 'pcs.amazonaws.com'],
  Publish: ['data-ats.iot.amazonaws.com'],
  PutObject: ['data.mediastore.amazonaws.com'],
  PutRecord: ['firehose.amazonaws.com', 'sagemaker.amazonaws.com'],
  Query: ['kendra.amazonaws.com', 'timestream.amazonaws.com'],
  Retrieve: ['kendra.amazonaws.com', 'wisdom.amazonaws.com'],
  SendMessage: ['aidevops.amazonaws.com', 'participant.connect.amazonaws.com', 'wisdom.amazonaws.com'],
}

/**
 * Whether an event of this name, of a source that is asked for, can only be a data event. `isAsked`: whether a source is asked for; undefined when
 * nothing is said about the source.
 */
export function isOnlyData(eventName: string, isAsked: ((eventSource: string) => boolean) | undefined): boolean {
  if (ONLY_DATA.has(eventName)) return true
  const others = Object.hasOwn(ALSO_MANAGEMENT, eventName) ? ALSO_MANAGEMENT[eventName] : undefined
  return others !== undefined && isAsked !== undefined && !others.some(isAsked)
}
