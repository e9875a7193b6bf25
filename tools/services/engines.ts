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
    /** As a service of Magasin is told to use it. */
    setting: (url: string) => `MAGASIN_DB=${url}/magasin_store`,
  },
  kafka: {
    prepare: prepareKafka,
    start: startKafka,
    usualPort: 9092,
    testVariable: 'MAGASIN_TEST_KAFKA',
    setting: (url: string) => `MAGASIN_LOG=${url}`,
  },
  redis: {
    prepare: prepareRedis,
    start: startRedis,
    usualPort: 6379,
    testVariable: 'MAGASIN_TEST_REDIS',
    setting: (url: string) => `MAGASIN_READ_MODELS=${url}`,
  },
} as const

export type EngineName = keyof typeof engines

/** Whether there is an engine of this name. */
export function isEngineName(name: string): name is EngineName {
  return Object.hasOwn(engines, name)
}
