import type { EventStoreTables } from '@magasin/event-store/tables'
import type { AccessTables } from './access/table.ts'
import type { OrderTables } from './orders/table.ts'
import type { ProductTables } from './products/table.ts'
import type { StockTables } from './stock/table.ts'
import type { UserTables } from './users/table.ts'

/** Every table of the store-manager's database. */
export interface StoreTables
  extends EventStoreTables, UserTables, ProductTables, OrderTables, StockTables, AccessTables {}
