import type { MigrationSet } from '@magasin/sql/migrate'
import { createTable, inSteps, step } from '@magasin/sql/schema-steps'
import { sql } from 'kysely'

/** Products that were created before each had a row of stock from the beginning. */
const withoutStock = sql`from products where not exists (select 1 from stock where product_id = products.id)`

/** The table of the stock. The database itself refuses to sell what is not there: nothing above it should ever let it come to that. */
export const stockMigrations: MigrationSet = {
  name: 'stock',
  migrations: {
    '0001-stock': inSteps(
      createTable(
        'stock',
        `(product_id bigint primary key, available bigint not null, reserved bigint not null,
          constraint stock_never_negative check (available >= 0 and reserved >= 0))`,
      ),
    ),
    // Done if no product is left.
    '0002-stock-of-every-product': inSteps(
      step(
        sql`select 1 where not exists (select 1 ${withoutStock})`,
        sql`insert into stock (product_id, available, reserved) select id, 0, 0 ${withoutStock}`,
      ),
    ),
  },
}
