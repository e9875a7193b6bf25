import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { kafkaTopic } from '@magasin/event-log/testing/kafka-topic'
import { mysqlDatabase } from '@magasin/sql/testing/mysql-server'
import { temporaryFolder } from '../../../tools/testing/temporary-folder.ts'
import { catalogue } from './families.ts'
import type { Moment } from './moments.ts'
import type { Place } from './place.ts'

/** Where the two services of one test live. */
export interface AnsweringSite {
  readonly place: Place
  /** Call it when the answerer is dead, before it lives again. */
  forgetDead(): Promise<void>
}

type Moments = readonly (Moment | 'whenever')[]

/** The engines on which the two live. */
export interface AnsweringEngines {
  readonly name: string
  /** How often one of them is killed, if nobody wants more. */
  readonly kills: number
  /** The moments at which each is killed, in turn: those first that only luck would hit. */
  readonly moments: { readonly asker: Moments; readonly answerer: Moments }
  readonly setUp: (t: TestContext) => AnsweringSite
}

export const sqlite: AnsweringEngines = {
  name: 'SQLite files',
  kills: 12,
  moments: {
    asker: ['committed', 'written', 'whenever', 'decided'],
    answerer: ['committed', 'written', 'received', 'whenever', 'decided'],
  },
  setUp: onSqlite,
}

export const mariadbAndKafka: AnsweringEngines = {
  name: 'MariaDB and Kafka',
  kills: 6,
  moments: {
    asker: ['sent', 'written', 'committed', 'whenever', 'decided'],
    answerer: ['committed', 'written', 'received', 'whenever', 'decided'],
  },
  setUp: onEngines,
}

function onSqlite(t: TestContext): AnsweringSite {
  const folder = temporaryFolder(t)
  const [asker, answerer] = [{ file: join(folder, 'asker.db') }, { file: join(folder, 'answerer.db') }]
  return { place: { asker, answerer, kafka: null, group: 'answerer' }, forgetDead: () => Promise.resolve() }
}

function onEngines(t: TestContext): AnsweringSite {
  const { kafka, cluster } = kafkaTopic(t, undefined, catalogue.topics)
  const { brokers, prefix = '' } = kafka
  const group = `answerer-${randomUUID()}`
  return {
    place: { asker: mysqlDatabase(t), answerer: mysqlDatabase(t), kafka: { brokers, prefix }, group },
    // The brokers notice ten seconds after its end that a member is dead, and give its partitions to nobody until then: so long for
    // each kill. This says for the dead what a member says that leaves.
    forgetDead: () =>
      cluster.ask('the dead of a group', (admin) => admin.removeMembersFromConsumerGroup({ groupId: group })),
  }
}
