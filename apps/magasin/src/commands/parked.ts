import { setTimeout as delay } from 'node:timers/promises'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { ExitCode } from '@magasin/service-kit/exit-codes'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { readShopConfig } from '@magasin/shop/config'
import type { SqlDatabase } from '@magasin/sql/sql-database'
import { listParked, requestRedrive, type ParkedEvent, type ParkedFilter } from '@magasin/subscribers/parking'
import type { SubscriberTables } from '@magasin/subscribers/tables'
import { Command } from 'commander'
import { withExistingPositions } from '../databases.ts'
import { tell, tellTable } from '../output/tell.ts'
import { runCommand } from '../run-command.ts'

/** `magasin parked list | show | redrive` */
export function parkedCommand(): Command {
  const parked = new Command('parked').description('events that could not be handled, and those that wait behind them')
  parked.command('list').description('list them, those of a stream in their order').action(runCommand(list))
  parked
    .command('show')
    .argument('<event-id>', 'as `parked list` shows it')
    .option('--personal', 'show also what tells something about a person')
    .description('show one whole')
    .action(runCommand(show))
  parked
    .command('redrive')
    .option('--stream <stream>', 'those of one stream, user-42 for example')
    .option('--all', 'all of them')
    .description('have them delivered again, in order, by the shop that runs')
    .action(runCommand(redrive))
  return parked
}

async function readParked(): Promise<readonly ParkedEvent[]> {
  const options = { config: readShopConfig(), readOnly: true }
  return (await withExistingPositions(options, ({ reader }) => listParked(reader))).flat()
}

async function list(): Promise<void> {
  const events = await readParked()
  if (events.length === 0) return tell('Nothing is parked.')
  const rows = events.map((event) => {
    const { group, record, parkedAt } = event
    return [record.eventId, group, record.stream, `${record.type} v${record.streamVersion}`, whyParked(event), parkedAt]
  })
  tellTable(['EVENT', 'GROUP', 'STREAM', 'TYPE', 'WHY', 'SINCE'], rows)
}

/** Why an event is parked, in a few words. */
export function whyParked({
  reason,
  attempts,
  isUnderWay,
}: Pick<ParkedEvent, 'reason' | 'attempts' | 'isUnderWay'>): string {
  if (isUnderWay) return 'its effect is under way'
  if (reason === null) return 'waits behind another'
  return `${reason.code}, tried ${attempts} ${attempts === 1 ? 'time' : 'times'}`
}

async function show(id: string, { personal }: { readonly personal?: true }): Promise<void> {
  const found = (await readParked()).find(({ record }) => record.eventId === id)
  if (found === undefined)
    throw new MagasinError('NOT_FOUND', `no event ${id} is parked: \`magasin parked list\` shows those that are`)
  const { value, ...record } = found.record
  tell(
    JSON.stringify(
      { ...found, record: { ...record, value: shownValue(record.type, value, personal === true) } },
      null,
      2,
    ),
  )
}

function shownValue(type: string, value: string, personal: boolean): unknown {
  try {
    const parsed = JSON.parse(value) as Record<string, unknown>
    return personal ? parsed : shopCatalogue.maskPersonal(type, parsed)
  } catch {
    return personal ? value : '*** (not JSON; --personal shows it)'
  }
}

// A redrive that the running shop has not taken up by then will not be seen here: it polls every second.
const patienceMs = 15_000

async function redrive(filter: ParkedFilter & { readonly all?: true }, command: Command): Promise<ExitCode> {
  if ((filter.stream === undefined) === (filter.all === undefined))
    command.error('error: say which: --stream <stream> or --all')
  const outcomes = await withExistingPositions({ config: readShopConfig() }, (database) => redriveIn(database, filter))
  const asked = outcomes.reduce((sum, outcome) => sum + outcome.asked, 0)
  if (asked === 0) return (tell('Nothing is parked there.'), ExitCode.done)
  return tellRedriven(
    asked,
    outcomes.flatMap(({ left }) => left),
  )
}

/** Asks for a redrive of what one service has parked, and waits for it; resolves with how many events, and those still parked. */
async function redriveIn(database: SqlDatabase<SubscriberTables>, filter: ParkedFilter) {
  const asked = await requestRedrive(database, filter)
  if (asked === 0) return { asked, left: [] }
  const pending = async () => (await listParked(database.reader, filter)).filter(({ isRedriving }) => isRedriving)
  const deadline = Date.now() + patienceMs
  while ((await pending()).length > 0 && Date.now() < deadline) await delay(100)
  return { asked, left: await listParked(database.reader, filter) }
}

function tellRedriven(asked: number, left: readonly ParkedEvent[]): ExitCode {
  if (left.some(({ isRedriving }) => isRedriving)) {
    tell(`${asked} events were asked for; the shop that runs, or the next that starts, delivers them.`)
    return ExitCode.done
  }
  if (left.length === 0) return (tell(`${asked} events were delivered, in order.`), ExitCode.done)
  const why = left.find(({ reason }) => reason !== null)
  tell(`${asked - left.length} events were delivered; ${left.length} are parked again: ${why?.reason?.message ?? ''}`)
  return ExitCode.failed
}
