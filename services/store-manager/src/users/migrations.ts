import { UserType } from '@magasin/shop-contracts/user-types'
import type { MigrationSet } from '@magasin/sql/migrate'

/** The tables of the users. On MySQL each statement commits by itself: a start that was cut short does them again. */
export const userMigrations: MigrationSet = {
  name: 'users',
  migrations: {
    '0001-users': {
      async up(db) {
        await db.schema
          .createTable('user_types')
          .ifNotExists()
          .addColumn('id', 'integer', (column) => column.primaryKey())
          .addColumn('name', 'varchar(20)', (column) => column.notNull().unique())
          .execute()
        const types = Object.entries(UserType).map(([name, id]) => ({ id, name }))
        const present = await db.selectFrom('user_types').select('id').execute()
        if (present.length === 0) await db.insertInto('user_types').values(types).execute()
        await db.schema
          .createTable('users')
          .ifNotExists()
          .addColumn('id', 'bigint', (column) => column.primaryKey())
          .addColumn('name', 'varchar(200)', (column) => column.notNull())
          .addColumn('email', 'varchar(254)', (column) => column.notNull())
          // Longer than the address: NFC makes up to three characters of one. More than 768 MySQL does not index.
          .addColumn('email_key', 'varchar(768)', (column) => column.notNull().unique())
          .addColumn('user_type_id', 'integer', (column) => column.notNull())
          // Of the table, not of the column: there MySQL 8 reads over it.
          .addForeignKeyConstraint('users_user_type', ['user_type_id'], 'user_types', ['id'])
          .execute()
      },
    },
  },
}
