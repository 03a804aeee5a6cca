import { pathFault, RECORD_FIELDS } from './fields.ts'
import { suggestion } from './suggest.ts'
import type { Path, Report } from './yaml.ts'

/** Reports a path that no record can have. */
export function checkPath(path: string, at: Path, report: Report, others: readonly string[] = []): void {
  const fault = pathFault(path)
  if (fault === 'shape') report(at, `${path.slice(0, 100)} is no path: names joined by dots.`)
  if (fault !== 'unknown') return
  const [first = ''] = path.split('.', 1)
  report(at, `CloudTrail records have no field ${first}.`, {
    suggestion: suggestion(first, [...others, ...RECORD_FIELDS]),
  })
}
