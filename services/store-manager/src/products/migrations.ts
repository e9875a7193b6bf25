import type { MigrationSet } from '@magasin/sql/migrate'
import { addIndex, createTable, inSteps } from '@magasin/sql/schema-steps'

/** The table of the products. */
export const productMigrations: MigrationSet = {
  name: 'products',
  migrations: {
    '0001-products': inSteps(
      createTable(
        'products',
        `(id bigint primary key, name varchar(200) not null, sku varchar(64) not null, sku_key varchar(64) not null,
          price_cents bigint not null)`,
      ),
      addIndex('products', { name: 'products_sku_key', columns: ['sku_key'], isUnique: true }),
    ),
  },
}
