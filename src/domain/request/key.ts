const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** True for what has the form of an access key id: a four-letter prefix and sixteen letters or digits of base32. */
export function isAccessKeyId(text: string): boolean {
  return /^(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}$/.test(text)
}

/**
 * The account that an access key id belongs to, or undefined when the id does not tell. Ids issued since 2019 carry it:
 * after the prefix, base32; the account is bits 1 to 40 (Aidan Steele, "AWS Access Key ID formats"; Tal Be'ery, "A short
 * note on AWS key ID"). Older ids have a fifth letter of A to P, a first bit of 0: then only sts:GetAccessKeyInfo knows.
 */
export function accountOfKey(id: string): string | undefined {
  if (!isAccessKeyId(id)) return undefined
  const digits = [...id.slice(4, 14)].map((letter) => BigInt(BASE32.indexOf(letter)))
  const fifty = digits.reduce((sum, digit) => (sum << 5n) | digit, 0n)
  const first48 = fifty >> 2n
  if (first48 >> 47n === 0n) return undefined
  const account = (first48 & 0x7fffffffff80n) >> 7n
  return account <= 999_999_999_999n ? account.toString().padStart(12, '0') : undefined
}
