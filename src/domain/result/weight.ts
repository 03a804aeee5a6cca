import type { Row } from './row.ts'

/** How much a change tells a responder: 3 opens a way in or blinds, 2 exposes or destroys, 1 is any other. */
export type Weight = 1 | 2 | 3

/** Which services and events; the first that fits. Names are those of ../runbooks' questions; dated names begin with the base name. */
const RULES: readonly (readonly [source: RegExp, event: RegExp, weight: Weight])[] = [
  [/^iam\./, /^(?:Create|Put|Attach|Update|Add|SetDefault|Upload|Enable|Deactivate|Change|Reset|Delete\w*Boundary)/, 3],
  [/^(?:sso|sso-directory|identitystore|rolesanywhere|organizations)\./, /./, 3],
  [/^cloudtrail\./, /^(?:Stop|Delete|Update|Put)/, 3],
  [
    /^(?:guardduty|securityhub|config|access-analyzer|inspector2|macie2)\./,
    /^(?:Delete|Stop|Disable|Update|Disassociate)/,
    3,
  ],
  [/^kms\./, /^(?:ScheduleKeyDeletion|DisableKey|PutKeyPolicy|CreateGrant|ImportKeyMaterial)/, 3],
  [/^(?:logs|route53resolver)\./, /^(?:Delete|PutRetention|Disassociate)/, 2],
  [
    /^ec2\./,
    /^(?:Authorize|RunInstances|Modify\w*(?:Attribute|Rules)|CreateRoute|ReplaceRoute|DeleteFlowLogs|CreateKeyPair|ImportKeyPair|AttachInternet)/,
    2,
  ],
  [/^s3\./, /(?:Policy|Acl|PublicAccessBlock|Replication|Versioning|Lifecycle|Website)$/, 2],
  [/^lambda\./, /^(?:CreateFunction|UpdateFunctionCode|AddPermission|CreateEventSourceMapping)/, 2],
  [/./, /^(?:Delete|Terminate|Remove|Revoke|Disable|Purge|Deregister|ConsoleLogin)/, 2],
]

/** How much a change tells once its words are known: 6 gives every right or stops the logs, 5 is a new way in, 4 is open to the world. */
export type ChangeWeight = Weight | 4 | 5 | 6

const BLINDS =
  /^(?:cloudtrail (?:StopLogging|DeleteTrail)|guardduty Delete(?:Detector|PublishingDestination)|config (?:Stop|Delete)ConfigurationRecorder|securityhub DisableSecurityHub)$/
/** Names of events that give rights: what takes them away tells the same words. */
const GIVES = /^(?:Attach|Put|Create|Update|Set|Add)/
/** All actions, or all of IAM, on everything; or a policy of AWS's that comes to that. */
const EVERY_RIGHT =
  /^allows (?:anyone )?(?:\*|\*:\*|iam:\*)(?:,.*)? on \*|^(?:AdministratorAccess|IAMFullAccess|PowerUserAccess)$/
const NEW_WAY_IN =
  /^(?:iam (?:Create(?:AccessKey|LoginProfile|User|ServiceSpecificCredential|SAMLProvider|OpenIDConnectProvider)|UpdateLoginProfile|UpdateAssumeRolePolicy|DeactivateMFADevice|Upload(?:SSHPublicKey|SigningCertificate))|cloudtrail (?:PutEventSelectors|UpdateTrail)|guardduty UpdateDetector)$/
const TO_ANYONE = /^(?:trusts|allows) (?:.*, )?anyone\b/
const OPENS =
  /^ec2 (?:AuthorizeSecurityGroupIngress|ModifySecurityGroupRules|CreateNetworkAclEntry|ReplaceNetworkAclEntry)$/
const WORLD = /(?:^|[\s,])(?:0\.0\.0\.0|::)\/0\b/
/** AWS's policies with which a function or task writes its own logs: attached with every deployment. */
const ORDINARY = /ExecutionRole(?:Policy)?$/

/** How much a change tells, by its service, its name and what it says beyond them, as `aboutOf` words it. */
export function changeWeight(eventSource: string, eventName: string, detail: string): ChangeWeight {
  const call = `${eventSource.split('.', 1)[0]} ${eventName}`
  const gives = GIVES.test(eventName)
  if (BLINDS.test(call) || (gives && EVERY_RIGHT.test(detail))) return 6
  if (NEW_WAY_IN.test(call)) return 5
  if ((gives && TO_ANYONE.test(detail)) || (OPENS.test(call) && WORLD.test(detail))) return 4
  return eventName.startsWith('Attach') && ORDINARY.test(detail) ? 1 : weightOf(eventSource, eventName)
}

/** How much a call tells: what was done more than what was tried, and that more than what was read. */
export function callWeight({ outcome, telling, eventSource, eventName }: Row): number {
  if (outcome !== 'done') return outcome === 'denied' ? 1 : 0
  if (telling.change) return 1 + changeWeight(eventSource, eventName, telling.about().detail)
  return telling.credential === '' ? 0 : 2
}

const SECRET_READS =
  /^(?:secretsmanager (?:Batch)?GetSecretValue|ssm GetParameter(?:s|sByPath|History)?|ec2 GetPasswordData)$/

/** Whether a call, when it is done, gives its caller the text of secrets. */
export function isSecretRead(eventSource: string, eventName: string): boolean {
  return SECRET_READS.test(`${eventSource.split('.', 1)[0]} ${eventName}`)
}

/** How much a change tells, by its service and name alone. */
export function weightOf(eventSource: string, eventName: string): Weight {
  return RULES.find(([source, event]) => source.test(eventSource) && event.test(eventName))?.[2] ?? 1
}
