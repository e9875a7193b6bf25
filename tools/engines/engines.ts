import { prepareKafka, startKafka } from './kafka.ts'
import { prepareMariadb, startMariadb } from './mariadb.ts'
import { prepareRedis, startRedis } from './redis.ts'

/** The engines, by the name of the setting that points at one. */
export const engines = {
  mysql: {
    prepare: prepareMariadb,
    start: startMariadb,
    usualPort: 3306,
    /** Where a test finds the address of a server that it shares with others. */
    testVariable: 'MAGASIN_TEST_MYSQL',
  },
  kafka: {
    prepare: prepareKafka,
    start: startKafka,
    usualPort: 9092,
    testVariable: 'MAGASIN_TEST_KAFKA',
  },
  redis: {
    prepare: prepareRedis,
    start: startRedis,
    usualPort: 6379,
    testVariable: 'MAGASIN_TEST_REDIS',
  },
} as const

export type EngineName = keyof typeof engines

/** Whether there is an engine of this name. */
export function isEngineName(name: string): name is EngineName {
  return Object.hasOwn(engines, name)
}
