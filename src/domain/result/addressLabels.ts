import ipaddr from 'ipaddr.js'

/** An address or range, and what people call it. */
export type AddressLabel = { readonly range: string; readonly label: string }

/** Texts longer than any address are none. */
const LONGEST = 60

/** What an address is called: by the narrowest range that holds it. Ranges that are none are left out; IPv4 written as IPv6 counts as IPv4. */
export function addressLabels(labels: readonly AddressLabel[]): (address: string) => string | undefined {
  const ranges = labels.flatMap(({ range, label }) => rangeOf(range).map(([from, bits]) => ({ from, bits, label })))
  ranges.sort((a, b) => b.bits - a.bits)
  return (text) => {
    if (ranges.length === 0 || text.length > LONGEST || !/^[0-9a-f:.]+$/i.test(text) || !ipaddr.isValid(text))
      return undefined
    const address = ipaddr.process(text)
    return ranges.find(({ from, bits }) => from.kind() === address.kind() && address.match(from, bits))?.label
  }
}

function rangeOf(text: string): readonly (readonly [ipaddr.IPv4 | ipaddr.IPv6, number])[] {
  if (ipaddr.isValidCIDR(text)) return [ipaddr.parseCIDR(text)]
  if (!ipaddr.isValid(text)) return []
  const address = ipaddr.process(text)
  return [[address, address.kind() === 'ipv4' ? 32 : 128]]
}
