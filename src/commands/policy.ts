import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { painter, wantsColour } from '../adapters/terminal/colour.ts'
import { forgiving } from '../adapters/terminal/sink.ts'
import { readSettings, type Settings } from '../config.ts'
import { explain } from '../domain/failure.ts'
import { parseExpectations, unmet } from '../domain/policy/expectations.ts'
import { explainDecision } from '../domain/policy/explainDecision.ts'
import { lintPolicy } from '../domain/policy/lintPolicy.ts'
import { type Trial, wouldAsk } from '../domain/policy/wouldAsk.ts'
import { visibleLines } from '../domain/result/safe.ts'
import { problemLine, readLibrary } from '../library.ts'
import { type Seen, seePolicy } from '../policyLive.ts'
import { type Options, takeOptions, usage } from './options.ts'
import { FACT_FLAGS, FACT_VALUES, personTold, placeTold } from './policyFacts.ts'
import { questionText } from './questionText.ts'
import { runbookFolder } from './runbookFolder.ts'

const USAGE = `usage: ctq policy test FILE…|explain PERSON QUESTION…|lint [--config FILE] [--runbooks DIR]

  test     tries tables of expectations; exit status 1 when one is not met
  explain  the path of a decision: ctq policy explain T0EXAMPLE/U0ALICE --groups S0ONCALL1 key-activity AKIA… last 7d
  lint     roles nobody has, runbooks nobody may run, approvers that are empty; exit status 1 on an error. With the
           bot's SLACK_BOT_TOKEN and PAGERDUTY_TOKEN it looks who is in groups and on call now; else it says what
           it could not check

  --config FILE      the policy (or CTQ_CONFIG, else ctq.yml here)
  --runbooks DIR     runbooks of your own (or CTQ_RUNBOOKS)

  explain takes the facts as you tell them; nothing is asked of Slack, the pager or AWS:
  --in PLACE         private, public, direct, a channel's id, or C0INCIDENT:public; private unless told
  --groups S0…,S0…   their user groups; --new: they came into them today
  --on-call NAME,…   schedules that have them on call; --unread NAME,…: schedules that cannot be read
  --email ADDRESS  --zone ZONE  --guest  --bot  --stranger  --deactivated  --shared  --guests  --archived`

/** `ctq policy`: tries, explains and checks the policy of ctq.yml. It changes nothing, and only `lint` asks anybody. */
export async function policy(args: readonly string[]): Promise<number> {
  forgiving(process.stdout)
  const [verb, ...rest] = args
  const options = takeOptions(rest, {
    values: ['config', 'runbooks', ...(verb === 'explain' ? FACT_VALUES : [])],
    flags: ['help', ...(verb === 'explain' ? FACT_FLAGS : [])],
  })
  if (typeof options === 'string') return usage(options)
  if (options.flags.has('help') || verb === 'help' || verb === '--help') return print(USAGE)
  if (verb !== 'test' && verb !== 'explain' && verb !== 'lint') return usage(USAGE)
  const settings = settingsOf(options)
  if (typeof settings === 'string') return usage(settings)
  const library = await readLibrary(runbookFolder(options.values['runbooks'], process.env))
  const { policy: rules, inventory, limits } = settings
  const trial = { policy: rules, inventory, library, rows: limits.rows, now: new Date() }
  if (verb === 'test') return await tested(options.rest, trial)
  if (verb === 'explain') return explained(options, trial)
  if (options.rest.length > 0) return usage(USAGE)
  const seen = await seePolicy(rules, process.env, readText, trial.now)
  return linted(trial, inventory.from === 'organizations' ? withMoreAccounts(seen) : seen)
}

function print(text: string): number {
  process.stdout.write(`${text}\n`)
  return 0
}

function settingsOf({ values }: Options): Settings | string {
  const path = values['config'] ?? (process.env['CTQ_CONFIG']?.trim() || 'ctq.yml')
  const read = readSettings({ CTQ_CONFIG: path }, readText)
  return read.ok ? read.value : read.error.join('\n')
}

function readText(path: string): string {
  return readFileSync(path, 'utf8')
}

async function tested(files: readonly string[], trial: Trial): Promise<number> {
  if (files.length === 0) return usage(USAGE)
  const paint = painter(wantsColour(process.stdout.isTTY === true, process.env))
  let [met, failed] = [0, 0]
  for (const file of files) {
    const { expectations, problems } = parseExpectations(await readFile(file, 'utf8'), file, trial.now)
    for (const problem of problems) process.stdout.write(`${paint('red', visibleLines(problemLine(problem)))}\n`)
    failed += problems.length
    for (const one of expectations) {
      const why = unmet(one, trial)
      if (why === undefined) met += 1
      else {
        failed += 1
        const place = `${file}:${one.line}:${one.column}`
        process.stdout.write(`${paint('red', visibleLines(`${place} ${one.says}: ${why}`))}\n`)
      }
    }
  }
  process.stdout.write(`${met} ${met === 1 ? 'expectation' : 'expectations'} met, ${failed} not\n`)
  return failed > 0 ? 1 : 0
}

function explained(options: Options, trial: Trial): number {
  const [who, ...question] = options.rest
  if (who === undefined || question.length === 0) return usage(USAGE)
  const person = personTold(who, options, trial.now)
  if (typeof person === 'string') return usage(person)
  const place = placeTold(person.person.team, options)
  if (typeof place === 'string') return usage(place)
  const asked = wouldAsk(questionText(question), person, place, trial)
  if (!asked.ok) return usage(visibleLines(explain(asked.error)))
  return print(visibleLines(explainDecision(asked.value, trial.policy).join('\n')))
}

function withMoreAccounts({ live, unseen }: Seen): Seen {
  return {
    live: { ...live, moreAccounts: true },
    unseen: [...unseen, 'which accounts the organisation has (lint asks AWS nothing)'],
  }
}

function linted({ policy: rules, library, inventory }: Trial, { live, unseen }: Seen): number {
  const paint = painter(wantsColour(process.stdout.isTTY === true, process.env))
  const findings = lintPolicy(rules, library, inventory, live)
  for (const { severity, about, message } of findings)
    process.stdout.write(
      `${paint(severity === 'error' ? 'red' : 'yellow', visibleLines(`${severity}: ${about}: ${message}`))}\n`,
    )
  const errors = findings.filter(({ severity }) => severity === 'error').length
  const warnings = findings.length - errors
  process.stdout.write(
    findings.length === 0 ? 'The policy is in order.\n' : `${some(errors, 'error')}, ${some(warnings, 'warning')}\n`,
  )
  for (const what of unseen) process.stdout.write(`${paint('dim', visibleLines(`Not checked: ${what}`))}\n`)
  return errors > 0 ? 1 : 0
}

function some(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
