import type { MigrationSet } from '@magasin/sql/migrate'
import { createTable, inSteps } from '@magasin/sql/schema-steps'

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
  },
}
