// A program that starts a MariaDB and a Redis and says where; then it does nothing, for the engines keep it alive.
import { startMariadb } from '../mariadb.ts'
import { startRedis } from '../redis.ts'

const engines = await Promise.all([startMariadb(), startRedis()])
console.log(JSON.stringify(engines.map(({ pid, folder }) => ({ pid, folder }))))
