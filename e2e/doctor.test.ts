import assert from 'node:assert/strict'
import { shopCatalogue } from '@magasin/shop-contracts/shop-catalogue'
import { describe, test } from 'node:test'
import { kafkaTopic, noKafka } from '@magasin/event-log/testing/kafka-topic'
import { mysqlDatabase, skipWithoutMysql, statement } from '@magasin/sql/testing/mysql-server'
import { startMariadb } from '../tools/engines/mariadb.ts'
import { createServicesSite } from './testing/services-site.ts'
import { magasin } from '../tools/testing/magasin.ts'

/** Faults that the doctor tells, each with what to do. */
const faultsIn = (stdout: string): readonly string[] => stdout.match(/^✘ .*\n {4}→ .*$/gm) ?? []

describe('the doctor', { skip: skipWithoutMysql || noKafka }, () => {
  test('says of a database server what would lose events, or not take them, and what to do', async (t) => {
    const settings = {
      innodb_flush_log_at_trx_commit: 0,
      log_bin: 'binlog',
      sync_binlog: 0,
      max_allowed_packet: '1M',
      max_connections: 20,
      read_only: 'ON',
    }
    const server = await startMariadb({ settings })
    t.after(() => server.kill())
    const at = { host: '127.0.0.1', port: server.port, user: 'root', password: '' }
    await statement({ ...at, name: '' }, 'create database shop character set latin1')
    await statement({ ...at, name: '' }, 'create table shop.something (one integer)')
    const kafka = kafkaTopic(t, undefined, shopCatalogue.topics)
    const { env } = createServicesSite(t, {
      store: { ...at, name: 'shop' },
      coolriel: { ...at, name: 'shop' },
      ...kafka,
    })
    const { code, stdout } = await magasin(['doctor'], { env: env.store })
    assert.equal(code, 1, stdout)
    const faults = faultsIn(stdout)
    for (const says of [
      /innodb_flush_log_at_trx_commit is 0: [\s\S]*→ set innodb_flush_log_at_trx_commit=1/,
      /sync_binlog is 0: [\s\S]*→ set sync_binlog=1/,
      /max_allowed_packet is 1048576: [\s\S]*→ set it to 16M/,
      /read_only is on: [\s\S]*→ name the primary server/,
      /shop on .* has the collation latin1_swedish_ci: [\s\S]*→ `alter database/,
    ])
      assert.ok(
        faults.some((fault) => says.test(fault)),
        `${says} is not in\n${stdout}`,
      )
    assert.match(stdout, /^· max_connections is 20/m)
    assert.match(stdout, /^· the topic .* is not there yet/m)
  })

  test('says of a topic that somebody else made how it must be changed, and of brokers that they are away', async (t) => {
    const kafka = kafkaTopic(t, undefined, shopCatalogue.topics)
    const { cluster } = kafka
    const topic = cluster.nameOf('user-events')
    await cluster.ask('a topic as brokers make them', (admin) =>
      admin.createTopics({ topics: [topic], partitions: 8, replicas: 1 }),
    )
    const { env } = createServicesSite(t, { store: mysqlDatabase(t), coolriel: mysqlDatabase(t), ...kafka })
    const { code, stdout } = await magasin(['doctor'], { env: env.store })
    assert.equal(code, 1, stdout)
    const faults = faultsIn(stdout)
    for (const setting of [
      'message.timestamp.type=LogAppendTime',
      'retention.bytes=1073741824',
      'segment.bytes=200000000',
    ])
      assert.ok(
        faults.some((fault) => fault.includes(`--entity-name ${topic} --add-config ${setting}`)),
        stdout,
      )
    assert.match(stdout, /there is no store yet/)

    const away = await magasin(['doctor'], { env: { ...env.store, MAGASIN_LOG: 'kafka://127.0.0.1:9' } })
    assert.equal(away.code, 1)
    assert.match(faultsIn(away.stdout).join('\n'), /Kafka at 127\.0\.0\.1:9 .*\n.*MAGASIN_LOG/)
  })
})
