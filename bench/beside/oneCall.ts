import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'

/** One LookupEvents, as a script would make it. */
await new CloudTrailClient({}).send(new LookupEventsCommand({ MaxResults: 1 }))
