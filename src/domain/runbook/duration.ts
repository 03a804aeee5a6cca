const SECONDS: { readonly [unit: string]: number } = { m: 60, h: 3600, d: 86_400, w: 604_800 }

/** Seconds of a length of time such as `30m`, `24h`, `90d` or `2w`; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const [, digits, unit] = /^([1-9]\d{0,4})([mhdw])$/.exec(text) ?? []
  const seconds = SECONDS[unit ?? '']
  return digits === undefined || seconds === undefined ? undefined : Number(digits) * seconds
}
