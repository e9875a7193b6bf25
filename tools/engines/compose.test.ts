import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { parse } from 'yaml'
import { engines, type EngineName } from './engines.ts'
import { kafkaSettings } from './kafka.ts'
import { mariadbSettings } from './mariadb.ts'
import { redisSettings } from './redis.ts'

interface Service {
  readonly image: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly ports: readonly string[]
  readonly volumes: readonly string[]
  readonly healthcheck: { readonly test: readonly string[] }
}

interface Compose {
  readonly services: Readonly<Record<EngineName, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}

const text = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
const { services, volumes } = parse(text('../../deploy/compose.yaml')) as Compose

describe('the compose file', () => {
  test('has the three engines, each on its usual port of this machine only, with its data kept', () => {
    assert.deepEqual(Object.keys(services), Object.keys(engines))
    for (const [name, { usualPort }] of Object.entries(engines)) {
      const service = services[name as EngineName]
      assert.deepEqual(service.ports, [`127.0.0.1:${usualPort}:${usualPort}`])
      assert.match(service.image, /^[a-z/]+:\d+\.\d+\.\d+$/, 'a tag that does not move')
      assert.equal(service.healthcheck.test[0], 'CMD')
      assert.deepEqual(
        service.volumes.map((volume) => volume.split(':')[0]),
        [name],
      )
    }
    assert.deepEqual(Object.keys(volumes), Object.keys(engines))
  })

  test('runs the Kafka that the tests run', () => {
    const version = /<kafka.version>(.+)</.exec(text('kafka/pom.xml'))?.[1]
    assert.equal(services.kafka.image, `apache/kafka:${version}`)
  })

  test('sets what the tests set', () => {
    for (const [name, value] of Object.entries(kafkaSettings)) {
      const variable = `KAFKA_${name.toUpperCase().replaceAll('.', '_')}`
      assert.equal(services.kafka.environment?.[variable], String(value), name)
    }
    const mysql = Object.entries(mariadbSettings).map(([name, value]) => `--${name.replaceAll('_', '-')}=${value}`)
    assert.deepEqual(services.mysql.command, mysql)
    const redis = Object.entries(redisSettings).flatMap(([name, value]) => [`--${name}`, value])
    assert.deepEqual(services.redis.command, ['redis-server', ...redis])
  })
})
