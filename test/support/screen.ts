/** What a terminal of so many columns shows of what is written to it: lines, and where its cursor is. Knows what ctq writes, and throws at anything else. */
export function screen(columns: number) {
  let lines: string[] = ['']
  let at = 0
  let column = 0
  const put = (character: string): void => {
    if (column === columns) {
      at += 1
      column = 0
      lines[at] ??= ''
    }
    const line = (lines[at] ?? '').padEnd(column)
    lines[at] = line.slice(0, column) + character + line.slice(column + 1)
    column += 1
  }
  const act: readonly (readonly [RegExp, (argument: string) => void])[] = [
    [
      /^\r/,
      () => {
        column = 0
      },
    ],
    [
      /^\n/,
      () => {
        at += 1
        column = 0
        lines[at] ??= ''
      },
    ],
    [
      /^\u001b\[(\d+)A/,
      (count) => {
        at = Math.max(0, at - Number(count))
      },
    ],
    [
      /^\u001b\[J/,
      () => {
        lines = [...lines.slice(0, at), (lines[at] ?? '').slice(0, column)]
      },
    ],
    [/^\u001b\[[\d;]+m/, () => undefined],
    [/^([^\p{Cc}\p{Cs}])/u, put],
  ]
  return {
    write: (text: string): void => {
      for (let rest = text; rest !== ''; ) {
        const found = act.find(([pattern]) => pattern.test(rest))
        const [whole = '', argument = ''] = found?.[0].exec(rest) ?? []
        if (found === undefined) throw new Error(`a terminal is told ${JSON.stringify(rest.slice(0, 12))}`)
        found[1](argument)
        rest = rest.slice(whole.length)
      }
    },
    shown: (): readonly string[] => [...lines],
  }
}
