import { type Finding, type Rule, warning } from './lintRule.ts'

/** What a stage finds is shown by fixtures, and that it does not find what is like it. */
export const provenStages: Rule = ({ stages }, fixtures) => {
  if (fixtures === undefined || stages.length === 0) return []
  const { stories } = fixtures
  const silent: readonly Finding[] = stories.some(({ find }) => find.length === 0)
    ? []
    : [
        warning(
          'unproven-stage',
          ['then'],
          'No records show what is rightly no finding.',
          'Add some to findings, without find.',
        ),
      ]
  return [
    ...silent,
    ...stages.flatMap(({ name }, index) =>
      stories.some(({ find }) => find.some(({ stage }) => stage === name))
        ? []
        : [warning('unproven-stage', ['then', index], `No records show what ${name} finds.`, 'Add some to findings.')],
    ),
  ]
}
