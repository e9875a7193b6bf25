// POST /users on services, MariaDB and Kafka, against the bare driver and against a server that commits and then sends.
import { runBench } from './support/bench.ts'
import { runKafka, runMariadb } from './support/engines.ts'
import {
  manners,
  measureBareDriver,
  measureLabServer,
  measureStoreManager,
  type Measured,
  type World,
} from './support/measure-commands.ts'
import { readOptions } from './support/options.ts'
import { machineLine, number, printTable, progress, spread } from './support/report.ts'

const { rounds, ...sizes } = readOptions(
  `POST /users to \`magasin serve store-manager\` on MariaDB, its relay sending to Kafka, against the bare mysql2 driver (the same user row
and event row, one transaction each, no counter, no HTTP, no Kafka) and against a small server that commits, then sends. One MariaDB and
one broker for all, new databases and a new topic for each measurement: many clients at once, then one that waits for each answer.
Takes about five minutes.`,
  {
    commands: { default: 10_000, meaning: 'users created in each measurement' },
    clients: { default: 64, meaning: 'connections that send them; transactions in flight, and connections of a pool' },
    lone: { default: 1_000, meaning: 'users created by a client that is alone' },
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

type Series = Readonly<Record<Side, readonly Measured[]>>

function printSeries(series: Series, manner: (typeof manners)[number]): void {
  const measured = (side: Side) => series[side].map((one) => one[manner])
  const perSecond = (side: Side) => measured(side).map((one) => one.perSecond)
  // Each round beside its own neighbour: what else the machine does changes from minute to minute.
  const ratio = (side: Side, to: Side) => spread(perSecond(side).map((one, i) => one / perSecond(to)[i]!))
  const title = manner === 'crowd' ? `${sizes.clients} clients at once` : 'one client, alone'
  const figures = { 'p50 ms': 'p50', 'p99 ms': 'p99', 'drained after s': 'drainSeconds' } as const
  printTable(
    [`${title}: commands/s`, 'median (least–most)', '÷ bare driver', '÷ commit, then send', ...Object.keys(figures)],
    names.map((side) => [
      side,
      spread(perSecond(side)),
      ratio(side, 'bare driver'),
      ratio(side, 'commit, then send'),
      ...Object.values(figures).map((figure) => spread(measured(side).map((one) => one[figure]))),
    ]),
  )
  const processes = { server: 'its process', mariadb: 'MariaDB', kafka: 'Kafka', coolriel: 'Coolriel', load: 'load' }
  printTable(
    [`${title}: CPU µs/command, until all is drained`, ...Object.values(processes)],
    names.map((side) => [
      side,
      ...(Object.keys(processes) as (keyof typeof processes)[]).map((name) =>
        spread(measured(side).map(({ cpu }) => cpu[name])),
      ),
    ]),
  )
}

await runBench(async (bench) => {
  const [mariadb, kafka] = await Promise.all([runMariadb(bench), runKafka(bench)])
  const world: World = { bench, mariadb, kafka, ...sizes }
  const series = Object.fromEntries(names.map((name) => [name, [] as Measured[]])) as Record<Side, Measured[]>
  for (let round = 1; round <= rounds; round++)
    for (const side of names) {
      progress(`round ${round} of ${rounds}: ${side}`)
      series[side].push(await sides[side](world))
    }
  console.log(
    `${number(sizes.commands)} users from ${sizes.clients} clients, ${number(sizes.lone)} from one alone, ${rounds} rounds in turn. ${machineLine(bench.folder)}.`,
  )
  console.log(
    'The load, the services, MariaDB and Kafka share the cores; the bare driver has them to itself with MariaDB.',
  )
  for (const manner of manners) printSeries(series, manner)
})
