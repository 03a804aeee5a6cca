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

/** How much a change tells, by its service and name. */
export function weightOf(eventSource: string, eventName: string): Weight {
  return RULES.find(([source, event]) => source.test(eventSource) && event.test(eventName))?.[2] ?? 1
}
