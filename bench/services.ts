// POST /users on services, MariaDB and Kafka, against the bare driver and against a server that commits and then sends.
import { runBench } from './support/bench.ts'
import { runKafka, runMariadb } from './support/engines.ts'
import {
  measureBareDriver,
  measureLabServer,
  measureStoreManager,
  type Measurement,
  type World,
} from './support/measure-commands.ts'
import { readOptions } from './support/options.ts'
import { machineLine, number, printTable, progress, spread } from './support/report.ts'

const { rounds, ...sizes } = readOptions(
  `POST /users to \`magasin serve store-manager\` on MariaDB, its relay sending to Kafka, against the bare mysql2 driver (the same user row
and event row, one transaction each, no counter, no HTTP, no Kafka) and against a small server that commits, then sends. One MariaDB and
one broker for all, new databases and a new topic for each measurement. Takes about three minutes.`,
  {
    commands: { default: 10_000, meaning: 'users created in each measurement' },
    clients: { default: 64, meaning: 'connections that send them; transactions in flight, and connections of a pool' },
    rounds: { default: 3, meaning: 'how often each is measured, in turn' },
    warmup: { default: 3_000, meaning: 'users created before each measurement' },
  },
)

const sides = {
  'store-manager': (world: World) => measureStoreManager(world, {}),
  'store-manager, Coolriel beside it': (world: World) => measureStoreManager(world, { withCoolriel: true }),
  'store-manager, Idempotency-Key': (world: World) => measureStoreManager(world, { isKeyed: true }),
  'bare driver': measureBareDriver,
  'commit, then send': measureLabServer,
} as const
type Side = keyof typeof sides
const names = Object.keys(sides) as readonly Side[]

type Series = Readonly<Record<Side, readonly Measurement[]>>

function printSeries(series: Series): void {
  const perSecond = (side: Side) => series[side].map((one) => one.perSecond)
  // Each round beside its own neighbour: what else the machine does changes from minute to minute.
  const ratio = (side: Side, to: Side) => spread(perSecond(side).map((one, i) => one / perSecond(to)[i]!))
  printTable(
    [
      'commands/s, median (least–most)',
      '',
      '÷ bare driver',
      '÷ commit, then send',
      'p50 ms',
      'p99 ms',
      'drained after s',
    ],
    names.map((side) => [
      side,
      spread(perSecond(side)),
      ratio(side, 'bare driver'),
      ratio(side, 'commit, then send'),
      ...(['p50', 'p99', 'drainSeconds'] as const).map((figure) => told(series[side].map((one) => one[figure]))),
    ]),
  )
  const processes = { server: 'its process', mariadb: 'MariaDB', kafka: 'Kafka', coolriel: 'Coolriel', load: 'load' }
  printTable(
    ['CPU µs/command, until all is drained', ...Object.values(processes)],
    names.map((side) => [
      side,
      ...(Object.keys(processes) as (keyof typeof processes)[]).map((name) =>
        told(series[side].map(({ cpu }) => cpu[name])),
      ),
    ]),
  )
}

const told = (values: readonly number[]): string => (values.some(Number.isNaN) ? '–' : spread(values))

await runBench(async (bench) => {
  const [mariadb, kafka] = await Promise.all([runMariadb(bench), runKafka(bench)])
  const world: World = { bench, mariadb, kafka, ...sizes }
  const series = Object.fromEntries(names.map((name) => [name, [] as Measurement[]])) as Record<Side, Measurement[]>
  for (let round = 1; round <= rounds; round++)
    for (const side of names) {
      progress(`round ${round} of ${rounds}: ${side}`)
      series[side].push(await sides[side](world))
    }
  console.log(
    `${number(sizes.commands)} users from ${sizes.clients} clients, ${rounds} rounds in turn. ${machineLine(bench.folder)}.`,
  )
  console.log(
    'The load, the services, MariaDB and Kafka share the cores; the bare driver has them to itself with MariaDB.',
  )
  printSeries(series)
})
