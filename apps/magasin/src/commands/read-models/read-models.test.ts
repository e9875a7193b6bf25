import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { magasin, startMagasin } from '../../../../../tools/testing/magasin.ts'
import { until } from '../../../../../tools/testing/until.ts'
import { createSite } from '../../../../../tools/testing/site.ts'
import { kill } from '../../../../../tools/testing/spawned.ts'

describe('the read models of a shop', () => {
  test('are told and built anew while it runs, and when it runs again', async (t) => {
    const { env } = createSite(t)
    const shop = startMagasin(['start'], { env })
    t.after(() => kill(shop))
    await shop.says(/(http:\/\/[\d.:]+)/)
    const rebuilt = await magasin(['read-models', 'rebuild'], { env })
    assert.deepEqual([rebuilt.code, rebuilt.stdout], [0, 'Built anew, from 8 events.\n'])
    const told = await magasin(['read-models', 'status'], { env })
    assert.match(
      told.stdout,
      /^Kept in {6}SQLite\nFollow {7}order-events, product-events, stock-events\nReaders see {2}generation 2: 8 of 8 events, all\nProjector {4}\S+\n$/,
    )
    kill(shop)

    const asked = await magasin(['read-models', 'rebuild', '--no-wait'], { env })
    assert.equal(asked.code, 0, asked.output)
    const again = startMagasin(['start'], { env })
    t.after(() => kill(again))
    await again.says(/(http:\/\/[\d.:]+)/)
    await until('generation 3 is what readers see', async () =>
      (await magasin(['read-models', 'status'], { env })).stdout.includes(
        'Readers see  generation 3: 8 of 8 events, all',
      ),
    )

    const healthy = await magasin(['doctor'], { env })
    assert.match(healthy.stdout, /^✔ read models in SQLite: generation 3: 8 of 8 events, all$/m)
    const away = await magasin(['doctor'], { env: { ...env, MAGASIN_READ_MODELS: 'redis://:hunter2@127.0.0.1:1' } })
    assert.match(
      away.stdout,
      /^✘ read models in Redis at 127\.0\.0\.1:1 cannot be used \(READ_MODELS_UNAVAILABLE\)\n {4}→/m,
    )
    assert.doesNotMatch(away.output, /hunter2/)
  })

  test('that were never made are told as missing', async (t) => {
    const { env } = createSite(t)
    assert.equal((await magasin(['seed'], { env })).code, 0)
    const { code, stderr } = await magasin(['read-models', 'status'], { env })
    assert.equal(code, 2)
    assert.match(stderr, /there are no read models .*shop-read-models-[\da-f]{8}\.db: a start of the shop makes them/)
  })
})
