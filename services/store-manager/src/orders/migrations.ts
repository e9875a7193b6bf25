import type { MigrationSet } from '@magasin/sql/migrate'
import { addIndex, createTable, inSteps } from '@magasin/sql/schema-steps'

/** The table of the orders. */
export const orderMigrations: MigrationSet = {
  name: 'orders',
  migrations: {
    '0001-orders': inSteps(
      // A hundred lines with names of 200 characters, of which each may take four bytes, are more than a TEXT of MySQL holds.
      createTable(
        'orders',
        `(id bigint primary key, user_id bigint not null, name varchar(200) not null, email varchar(254) not null,
          user_type_id integer not null, locale varchar(8) not null, items mediumtext not null, total_cents bigint not null,
          status varchar(16) not null, open_user_id bigint)`,
      ),
      addIndex('orders', { name: 'orders_open_user', columns: ['open_user_id'] }),
      addIndex('orders', { name: 'orders_user', columns: ['user_id', 'id'] }),
      addIndex('orders', { name: 'orders_status', columns: ['status', 'id'] }),
    ),
  },
}
