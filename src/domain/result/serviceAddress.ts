/** What stands for an address when a service made the call (AWS: CloudTrail record contents, sourceIPAddress). */
export function isServiceAddress(address: string): boolean {
  return address === 'AWS Internal' || /\.amazonaws\.com(?:\.cn)?$/.test(address)
}
